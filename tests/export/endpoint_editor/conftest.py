"""The editor page as a user meets it: ``citeweave serve`` over small workspaces, and a real browser."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph

pytest.importorskip("starlette", reason="needs citeweave[serve]")
pytest.importorskip("uvicorn", reason="needs citeweave[serve]")

START = 120
"""Seconds that a server may take to start on a busy machine."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server over a folder, for as long as the context lasts."""
    command = [sys.executable, "-P", "-m", "citeweave", "serve", str(folder), "--port", "0", "--timeout", "60"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    watchdog = threading.Timer(START, process.kill)
    watchdog.start()
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert " at http://" in line, f"the server did not start: {line}"
        watchdog.cancel()
        yield line.split(" at ")[1].split()[0]
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()


@pytest.fixture(scope="session", params=["toy_graph"])
def address(
    request: pytest.FixtureRequest,
    made: Callable[[str], KnowledgeGraph],
    tmp_path_factory: pytest.TempPathFactory,
    _driver: Any,
) -> Iterator[str]:
    """A server over the toy graph (or whichever graph the test names)."""
    folder = tmp_path_factory.mktemp(request.param)
    for name in ("turtle", "evidence", "html"):
        export.write(name, made(request.param), folder / export.filename(name))
    with served(folder) as found:
        yield found


@dataclass
class Editor:
    """The page in a browser, and what a user does with it."""

    browser: Any
    address: str

    def open(self, fragment: str = "", *, forgetful: bool = True) -> None:
        """Load the page anew in a window of its own size, without a history unless asked to keep it."""
        driver = self.browser.driver
        size = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        if forgetful:
            driver.get(self.address + "vocabulary.json")
            self.js("localStorage.clear()")
        driver.get("about:blank")
        driver.get_log("performance"), driver.get_log("browser")
        driver.get(self.address + fragment)
        self.wait("document.body.dataset.ready === 'true'")

    def js(self, script: str, *arguments: Any) -> Any:
        """The value of a JavaScript function body."""
        return self.browser.js(script, *arguments)

    def wait(self, condition: str, seconds: float = 60) -> None:
        """Wait until a JavaScript expression is true."""
        self.browser.wait(condition, seconds)

    @property
    def area(self) -> Any:
        """The query's text area."""
        return self.browser.find("#query")

    @property
    def query(self) -> str:
        """The query as it stands."""
        return str(self.area.get_attribute("value"))

    def write(self, text: str) -> None:
        """Put a text in place of the query, as if pasted."""
        self.js(
            "const a = document.getElementById('query'); a.focus(); a.select();"
            "document.execCommand('insertText', false, arguments[0])",
            text,
        )

    def keys(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser.driver).send_keys(*keys).perform()

    def run(self, text: str | None = None) -> str:
        """Run a query by Ctrl+Enter; the status that it ends with."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        if text is not None:
            self.write(text)
        self.js("document.getElementById('status').textContent = 'not run'")
        ActionChains(self.browser.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        self.wait(
            "document.getElementById('cancel').disabled && document.getElementById('status').textContent !== 'not run'"
        )
        return self.text("#status")

    def text(self, selector: str) -> str:
        """The text of an element."""
        return str(self.browser.find(selector).text)

    def column(self, number: int) -> list[str]:
        """The texts of a column of the answer, from 1."""
        found: list[str] = self.js(
            "return [...document.querySelectorAll(`#results tbody td:nth-child(${arguments[0]})`)]"
            ".map(x => x.textContent)",
            number,
        )
        return found

    def options(self) -> list[str]:
        """The completions that are offered, none where the list is closed."""
        found: list[str] = self.js("return [...document.querySelectorAll('#options li span')].map(x => x.textContent)")
        return found


@pytest.fixture
def editor(browser: Any, address: str) -> Editor:
    """The page, freshly opened."""
    found = Editor(browser, address)
    found.open()
    return found
