"""Reliability diagrams: how often what was said with a confidence is right, as SVG without any library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from scoring import calibration_error, reliability

_SIDE, _LEFT, _TOP, _GAP = 240, 46, 34, 66


def svg(points: Mapping[str, Sequence[tuple[float, bool]]]) -> str:
    """One square a system, bars of the share right against the mean confidence, the diagonal as what is honest."""
    width = _LEFT + len(points) * (_SIDE + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_SIDE + 84}" width="{width}" '
        f'height="{_SIDE + 84}" font-family="system-ui, sans-serif" font-size="12" fill="#222">',
        f'<rect width="{width}" height="{_SIDE + 84}" fill="#fff"/>',
    ]
    for index, (name, confidences) in enumerate(points.items()):
        parts += _square(name, confidences, _LEFT + index * (_SIDE + _GAP))
    return "\n".join([*parts, "</svg>\n"])


def _square(name: str, confidences: Sequence[tuple[float, bool]], left: float) -> list[str]:
    bottom = _TOP + _SIDE
    most = max((count for *_, count in reliability(confidences)), default=1)
    parts = [
        f'<text x="{left}" y="{_TOP - 12}" font-weight="600">{escape(name)}: '
        f"expected calibration error {calibration_error(confidences):.3f}</text>",
        f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#bbb"/>',
    ]
    for tick in range(0, 11, 2):
        at = tick / 10 * _SIDE
        parts += [
            f'<text x="{left + at}" y="{bottom + 16}" text-anchor="middle">{tick / 10:g}</text>',
            f'<text x="{left - 6}" y="{bottom - at + 4}" text-anchor="end">{tick / 10:g}</text>',
        ]
    for said, right, count in reliability(confidences):
        thick = 4 + 16 * (count / most) ** 0.5
        x, y = left + said * _SIDE, bottom - right * _SIDE
        parts += [
            f'<rect x="{x - thick / 2:.1f}" y="{y:.1f}" width="{thick:.1f}" height="{bottom - y:.1f}" '
            f'fill="#9ecae9"><title>said {said:.2f}, right {right:.2f}, {count} mentions</title></rect>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f5b8a"/>',
        ]
    parts += [
        f'<line x1="{left}" y1="{bottom}" x2="{left + _SIDE}" y2="{_TOP}" stroke="#c33" stroke-dasharray="4 3"/>',
        f'<text x="{left + _SIDE / 2}" y="{bottom + 34}" text-anchor="middle">confidence said (width: how many)</text>',
        f'<text transform="translate({left - 34} {_TOP + _SIDE / 2}) rotate(-90)" text-anchor="middle">'
        "share right</text>",
    ]
    return parts
