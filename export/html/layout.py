"""Where everything stands on the map: groups as discs side by side, their nodes inside, the rest in a grid below."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from citeweave.export.html.communities import Group
from citeweave.export.html.content import Content
from citeweave.export.html.forces import Points, in_disc, sunflower

GAP = 120.0
"""Free space below everything, above the grid of the rest."""
_LANE_GAP = 120.0
_SPACING = 0.17
"""Free space between two discs, where the groups' names are written, as a share of the map's size."""
_SHAPE = 1.25
"""Width by height that the whole map aims at, that of a screen between two panels."""


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the map that a group owns: a disc, or for the ungrouped a rectangle (half width and height)."""

    x: float
    y: float
    radius: float
    half_width: float = 0.0
    half_height: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions by row (folded nodes have none), one region a group (the ungrouped last), names along the top."""

    at: dict[int, tuple[float, float]]
    regions: tuple[Region, ...]
    axis: tuple[tuple[float, str], ...] = ()


def by_communities(content: Content, groups: Sequence[Group], rest: Sequence[int]) -> Layout:
    """Each group in a disc of its own, near the groups it has links with."""
    local = [_inside(content, group.members) for group in groups]
    centres = _arrange(content, groups, [radius for _, radius in local])
    at: dict[int, tuple[float, float]] = {}
    regions = []
    for group, (points, radius), (cx, cy) in zip(groups, local, centres, strict=True):
        at.update(_moved(group.members, points, cx, cy))
        regions.append(Region(float(cx), float(cy), radius))
    return _with_rest(content, at, regions, rest)


def as_one(content: Content, groups: Sequence[Group], rest: Sequence[int]) -> Layout:
    """One force layout of everything that is linked; the groups stay known, but have no place of their own."""
    members = tuple(sorted(row for group in groups for row in group.members))
    if not members:
        return _with_rest(content, {}, [], rest)
    points, _ = _inside(content, members)
    at = _moved(members, points * np.array([1.25, 0.85]), 0.0, 0.0)
    return _with_rest(content, at, [_around(at, group.members) for group in groups], rest)


def by_time(content: Content, groups: Sequence[Group], rest: Sequence[int]) -> Layout:
    """Papers from left to right by year, groups in lanes from top to bottom; entities where their papers are.

    What has no year stands at the right end.
    """
    years = sorted({year for year in content.years if year})
    columns = {0: 0} | {year: i + 1 for i, year in enumerate(years)}
    entity_years: dict[int, list[int]] = defaultdict(list)
    for link in content.links:
        if link.subject < content.papers <= link.object and content.years[link.subject]:
            entity_years[link.object].append(content.years[link.subject])

    def column(row: int) -> int:
        if row < content.papers:
            return columns[content.years[row]]
        found = sorted(entity_years[row])
        return columns[found[len(found) // 2]] if found else 0

    lanes: list[dict[int, list[int]]] = []
    for members in (*(g.members for g in groups), tuple(rest)):
        cells: dict[int, list[int]] = defaultdict(list)
        for row in members:
            cells[column(row)].append(row)
        if cells:
            lanes.append(cells)

    def placed(deep: int) -> tuple[dict[int, float], float, float]:
        """Where columns start, and how wide and high all is, with so many nodes below each other in a lane."""
        left, lefts = 0.0, {}
        for at_column in sorted({c for cells in lanes for c in cells}, key=lambda c: (c == 0, c)):
            lefts[at_column] = left
            left += max(math.ceil(len(cells.get(at_column, ())) / deep) for cells in lanes) * 44.0 + 70.0
        return lefts, left, sum(min(deep, max(map(len, cells.values()))) * 44.0 + _LANE_GAP for cells in lanes)

    def misshapen(deep: int) -> float:
        _, wide, high = placed(deep)
        return abs(math.log(max(wide, 1.0) / max(high, 1.0) / _SHAPE))

    deep = min(range(2, 30), key=misshapen)
    lefts, width, _ = placed(deep)
    at: dict[int, tuple[float, float]] = {}
    regions: list[Region] = []
    top = 0.0
    for cells in lanes:
        deepest = min(deep, max(map(len, cells.values())))
        for at_column, rows in cells.items():
            for i, row in enumerate(rows):
                at[row] = (lefts[at_column] + (i // deep) * 44.0, top + (i % deep) * 44.0)
        half = (deepest - 1) * 22.0
        regions.append(Region((width - 114.0) / 2, top + half, 0.0, width / 2, half + 24.0))
        top += deepest * 44.0 + _LANE_GAP
    names = {column: str(year) for year, column in columns.items()} | {0: "no year"}
    return Layout(at, tuple(regions), tuple((x, names[c]) for c, x in lefts.items()))


def radial(content: Content, groups: Sequence[Group], rest: Sequence[int], centre: int | None = None) -> Layout:
    """Rings around one node (the best connected one unless named), each step away one ring further out."""
    drawn = [row for row in range(content.size) if not content.folded[row]]
    if not drawn:
        return Layout({}, ())
    middle = centre if centre is not None else max(drawn, key=lambda row: (content.degrees[row], -row))
    near: dict[int, set[int]] = defaultdict(set)
    for link in content.links:
        near[link.subject].add(link.object)
        near[link.object].add(link.subject)
    group_of = {row: g for g, group in enumerate(groups) for row in group.members}
    at, ring, seen, radius = {middle: (0.0, 0.0)}, [middle], {middle}, 0.0
    while ring:
        following = sorted(
            {n for row in ring for n in near[row] if n not in seen and not content.folded[n]},
            key=lambda row: (group_of.get(row, len(groups)), row),
        )
        seen.update(following)
        radius = max(radius + 150.0, len(following) * 30.0 / math.tau)
        for i, row in enumerate(following):
            angle = math.tau * i / len(following)
            at[row] = (radius * math.cos(angle), radius * math.sin(angle))
        ring = following
    outside = [row for row in drawn if row not in at]
    placed = [_around(at, [m for m in group.members if m in at]) for group in groups]
    return _with_rest(content, at, placed, outside)


LAYOUTS: dict[str, Callable[[Content, Sequence[Group], Sequence[int]], Layout]] = {
    "communities": by_communities,
    "force": as_one,
    "radial": radial,
    "time": by_time,
}


def _moved(members: Sequence[int], points: Points, x: float, y: float) -> dict[int, tuple[float, float]]:
    return {row: (float(px + x), float(py + y)) for row, (px, py) in zip(members, points, strict=True)}


def _inside(content: Content, members: Sequence[int]) -> tuple[Points, float]:
    local = {row: i for i, row in enumerate(members)}
    pairs: dict[tuple[int, int], float] = defaultdict(float)
    for link in content.links:
        if link.subject in local and link.object in local and link.subject != link.object:
            a, b = sorted((local[link.subject], local[link.object]))
            pairs[a, b] += 1.0 / math.sqrt(max(1, content.named_in[link.object]))
    ends = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    weights = np.array([pairs[key] for key in sorted(pairs)])
    sizes = np.array([content.radius(row) for row in members])
    return in_disc(sizes, ends, weights)


def _arrange(content: Content, groups: Sequence[Group], radii: Sequence[float]) -> Points:
    """Centres of the discs: linked groups near each other, none touching, the largest towards the middle."""
    count = len(groups)
    if not count:
        return np.zeros((0, 2))
    group_of = {row: g for g, group in enumerate(groups) for row in group.members}
    pull = np.zeros((count, count))
    for link in content.links:
        a, b = group_of.get(link.subject), group_of.get(link.object)
        if a is not None and b is not None and a != b:
            pull[a, b] += 1
            pull[b, a] += 1
    size = np.array(radii) + _SPACING / 2 * float(np.sqrt(np.sum(np.square(radii))))
    pull /= np.sqrt(np.outer(size, size)) * max(float(pull.max()), 1.0)
    at = sunflower(count) * float(np.sqrt(np.sum(size**2))) * 1.2
    need = size[:, None] + size[None, :]
    np.fill_diagonal(need, 0.0)
    for step in range(500):
        cool = 1 - step / 500
        away = at[:, None, :] - at[None, :, :]
        distance = np.sqrt(np.einsum("ijk,ijk->ij", away, away)) + 1e-6
        at = at - np.einsum("ijk,ij->ik", away, pull) * 6 * cool
        at = at - at * np.array([0.016, 0.016 * _SHAPE**2]) * (0.3 + cool)
        overlap = np.maximum(need - distance, 0.0)
        at = at + np.einsum("ijk,ij->ik", away, overlap / distance) * 0.4
    for _ in range(300):  # the last word is that no two discs touch
        away = at[:, None, :] - at[None, :, :]
        distance = np.sqrt(np.einsum("ijk,ijk->ij", away, away)) + 1e-6
        overlap = np.maximum(need - distance, 0.0)
        if overlap.max() < 0.5:
            break
        at = at + np.einsum("ijk,ij->ik", away, overlap / distance) * 0.5
    return at


def _with_rest(
    content: Content, at: dict[int, tuple[float, float]], regions: list[Region], rest: Sequence[int]
) -> Layout:
    """Add what is in no group as a grid under everything else."""
    if not rest:
        return Layout(at, tuple(regions))
    low, high, floor = _bounds(content, at, regions)
    step = 34.0
    columns = max(1, min(len(rest), max(int((high - low) / step), math.ceil(math.sqrt(len(rest) * 2)))))
    rows = math.ceil(len(rest) / columns)
    left = (low + high) / 2 - (columns - 1) * step / 2
    top = floor + GAP + step if at else 0.0
    for i, row in enumerate(rest):
        at[row] = (left + (i % columns) * step, top + (i // columns) * step)
    middle = ((low + high) / 2, top + (rows - 1) * step / 2)
    region = Region(*middle, 0.0, columns * step / 2 + 8, rows * step / 2 + 8)
    return Layout(at, (*regions, region))


def _bounds(
    content: Content, at: dict[int, tuple[float, float]], regions: Sequence[Region]
) -> tuple[float, float, float]:
    lefts = [r.x - (r.half_width or r.radius) for r in regions] + [x for x, _ in at.values()]
    rights = [r.x + (r.half_width or r.radius) for r in regions] + [x for x, _ in at.values()]
    floors = [r.y + (r.half_height or r.radius) for r in regions] + [y for _, y in at.values()]
    return min(lefts, default=0.0), max(rights, default=0.0), max(floors, default=0.0)


def _around(at: dict[int, tuple[float, float]], members: Sequence[int]) -> Region:
    """The middle of some nodes, without an outline (radius 0): their group's name is written there."""
    if not members:
        return Region(0.0, 0.0, 0.0)
    xs, ys = zip(*(at[row] for row in members), strict=True)
    return Region(sum(xs) / len(xs), sum(ys) / len(ys), 0.0)


def _box(at: dict[int, tuple[float, float]], members: Sequence[int]) -> Region:
    xs, ys = zip(*(at[row] for row in members), strict=True)
    half_width, half_height = (max(xs) - min(xs)) / 2 + 24, (max(ys) - min(ys)) / 2 + 24
    return Region((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, 0.0, half_width, half_height)
