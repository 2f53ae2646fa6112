"""First paint, frames a second and file size of the page, for graphs of several sizes, in headless Chromium.

    python benchmarks/page.py                       # 300, 3,000 and 30,000 nodes
    python benchmarks/page.py --nodes 3000 --json

The graphs are made here, with a fixed seed: papers on topics that share entities, most entities
named once, a few everywhere, as in real piles. Frames are counted while the map is dragged and zoomed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from citeweave.export.html import page
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.model import (
    ENTITY_TYPES,
    ROLES,
    Entity,
    Evidence,
    Mention,
    Name,
    Paper,
    PartialDate,
    Source,
    Statement,
)

SIZES = (300, 3000, 30000)
ENTITIES_A_PAPER = 11
FILLER = "The rest of this abstract only takes the room that abstracts take, so that the file has a real size. " * 8


def made_graph(nodes: int, seed: int = 1) -> KnowledgeGraph:
    """A graph of about ``nodes`` papers and entities."""
    rng = random.Random(seed)
    count = max(5, round(nodes / (1 + ENTITIES_A_PAPER * 0.64)))
    topics = max(2, round(count**0.5 * 0.8))
    papers: dict[str, Paper] = {}
    entities: dict[str, Entity] = {}
    statements: list[Statement] = []
    mentions: dict[str, tuple[LinkedMention, ...]] = {}
    sentences: dict[str, tuple[tuple[int, int], ...]] = {}
    for i in range(count):
        topic = min(int(rng.expovariate(3 / topics)), topics - 1)
        names = []
        for slot in range(ENTITIES_A_PAPER):
            draw = rng.random()
            if draw < 0.6 or slot == 0:
                names.append(f"special thing {i} {slot}")
            elif draw < 0.93:
                names.append(f"subject {topic} {int(rng.expovariate(0.12))}")
            else:
                names.append(f"common ground {int(rng.expovariate(0.3))}")
        names = list(dict.fromkeys(names))
        id_, title, at = f"title:{i:08x}", f"Paper {i} on {names[0]}", 0
        text = f"{title}\n"
        found = []
        for name in names:
            kind = ENTITY_TYPES[sum(map(ord, name)) % len(ENTITY_TYPES)]
            at = len(text) + len("We look at ")
            sentence = f"We look at {name} here. "
            entity = f"{kind.lower()}/{name.replace(' ', '-')}"
            entities[entity] = Entity(entity, kind, name)
            found.append(LinkedMention(Mention(at, at + len(name), name, kind, 0.9, "made/1"), entity))
            proof = Evidence(id_, len(text), len(text) + len(sentence) - 1, sentence[:-1], "made/1", 0.9)
            role = ROLES[0] if name == names[0] else rng.choice(ROLES[1:])
            statements.append(Statement(id_, role, entity, round(rng.uniform(0.4, 1), 2), (proof,)))
            text += sentence
        mentions[id_] = tuple(found)
        abstract = (text + FILLER).partition("\n")[2]
        sentences[id_] = ((0, len(title)), (len(title) + 1, len(text)))
        date = PartialDate(rng.randint(2012, 2025), rng.randint(1, 12))
        authors = (Name(f"Family{rng.randint(0, count)}", "Given"),)
        papers[id_] = Paper(id_, title, abstract, authors=authors, date=date, sources=(Source("made.txt", i + 1),))
        statements += (Statement(id_, "cites", f"title:{rng.randrange(i):08x}", 1.0) for _ in range(min(i, 2)))
    unique = {(s.subject, s.predicate, s.object): s for s in statements}
    return KnowledgeGraph(
        papers, dict(sorted(entities.items())), tuple(unique[k] for k in sorted(unique)), mentions, sentences
    )


_FRAMES = """
const done = arguments[arguments.length - 1], { scene } = window.citeweave, start = scene.view(), times = [];
let step = 0;
function frame(now) {
  times.push(now);
  if (++step > 90) { scene.look(start); return done(times); }
  const turn = step / 12, zoom = 1 + 0.25 * Math.sin(step / 20);
  scene.look([start[0] + 160 * Math.sin(turn) / start[2], start[1] + 90 * Math.cos(turn) / start[2], start[2] * zoom]);
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
"""
_PAINT = """
const paints = performance.getEntriesByType('paint').find(e => e.name === 'first-contentful-paint');
return [paints ? paints.startTime : null, window.citeweave.scene.shown.size, window.citeweave.scene.links.length,
        window.citeweave.firstDrawn];
"""


def browser() -> Any:
    """Headless Chromium without a graphics processor; exits with a clear word where there is none."""
    binary, service = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not service:
        sys.exit("needs chromium and chromium-driver (Debian packages)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    profile = tempfile.mkdtemp(prefix="page-")
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--window-size=1440,900", f"--user-data-dir={profile}"):  # fmt: skip
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
    driver.set_script_timeout(120)
    return driver


def frames(driver: Any) -> float:
    """Frames a second over a second and more of moving: from the median time between two frames."""
    times = driver.execute_async_script(_FRAMES)
    gaps = [b - a for a, b in itertools.pairwise(times[5:])]
    return 1000 / statistics.median(gaps)


def measure(driver: Any, graph: KnowledgeGraph, folder: Path) -> dict[str, float]:
    """Write, open and move one page."""
    started = time.perf_counter()
    text = page(graph)
    written = time.perf_counter() - started
    target = folder / "page.html"
    target.write_text(text, encoding="utf-8")
    driver.get("about:blank")
    driver.get(target.as_uri())
    while driver.execute_script("return document.body.dataset.ready") != "true":
        time.sleep(0.02)
    time.sleep(0.5)
    paint, shown, links, drawn = driver.execute_script(_PAINT)
    result = {
        "nodes": len(graph.papers) + len(graph.entities),
        "papers": len(graph.papers),
        "make_seconds": round(written, 2),
        "megabytes": round(target.stat().st_size / 1e6, 2),
        "first_paint_seconds": round(paint / 1000, 2),
        "map_drawn_seconds": round(drawn / 1000, 2),
        "drawn_nodes": shown,
        "drawn_links": links,
        "frames_a_second": round(frames(driver), 1),
    }
    opened = driver.execute_script(
        "const c = window.citeweave; if (!c.model.closed) return false; c.go.toGroup(0); return true"
    )
    if opened:
        time.sleep(1.2)
        result["frames_a_second_unfolded"] = round(frames(driver), 1)
    return result


def main() -> None:
    """Measure each size and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    driver = browser()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for nodes in arguments.nodes:
                result = measure(driver, made_graph(nodes), Path(folder))
                if arguments.json:
                    print(json.dumps(result))
                else:
                    print(", ".join(f"{key.replace('_', ' ')} {value}" for key, value in result.items()), flush=True)
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
