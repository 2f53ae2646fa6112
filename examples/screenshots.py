"""Make the pictures of the README: the page of the landmark papers, in headless Chromium.

    citeweave build examples/landmarks.bib -o landmarks
    python examples/screenshots.py landmarks docs

Each picture is one view of the page, named by the part of the address after '#'.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from citeweave.export.html import page
from citeweave.export.html.selection import find
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.weave import open_graph

SIZE = (1440, 900)
TITLE = "Landmarks of machine learning"


def views(graph: KnowledgeGraph) -> dict[str, str]:
    """The fragment that shows each picture."""
    return {
        "graph": "",
        "card": urlencode({"node": find(graph, "Transformer")}),
        "timeline": urlencode({"tab": "timeline"}),
        "matrix": urlencode({"tab": "matrix"}),
    }


def main(workspace: Path, folder: Path) -> None:
    """Write one PNG a view into ``folder``."""
    binary, service = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not service:
        sys.exit("needs chromium and chromium-driver (Debian packages)")
    from selenium import webdriver

    graph = open_graph(workspace)
    with tempfile.TemporaryDirectory() as scratch:
        html = Path(scratch) / "graph.html"
        html.write_text(page(graph, title=TITLE), encoding="utf-8")
        options = webdriver.ChromeOptions()
        options.binary_location = binary
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--disable-quic", f"--user-data-dir={scratch}/profile"):  # fmt: skip
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
        try:
            width, height = SIZE
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            folder.mkdir(parents=True, exist_ok=True)
            for name, fragment in views(graph).items():
                driver.get("about:blank")
                driver.get(f"{html.as_uri()}#{fragment}")
                time.sleep(1)
                driver.save_screenshot(str(folder / f"{name}.png"))
                print(folder / f"{name}.png")
        finally:
            driver.quit()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
