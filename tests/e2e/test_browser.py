"""The app in a real browser: start, answer a question, run a command in a lab.

What the page's WebSocket receives is fed to our own terminal emulator, so that the screen can be read as text;
keys go through the page as a person's do.
"""

import base64
import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ecslab.terminal.emulator import Emulator
from tests.web.test_serve import SERVE, Served, environment

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None or DRIVER is None, reason="needs Debian's chromium and chromium-driver"
    ),
]
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1400,900",
)  # fmt: skip


class Page:
    """ecslab in a browser window."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.screen: Emulator | None = None

    def open(self, address: str) -> None:
        self.browser.get(address)
        self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, "textarea.xterm-helper-textarea"))

    def text(self) -> str:
        """The screen as text, after everything that has arrived so far."""
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.webSocketCreated":
                size = dict(part.split("=") for part in message["params"]["url"].partition("?")[2].split("&"))
                self.screen = Emulator(int(size["width"]), int(size["height"]))
            elif message["method"] == "Network.webSocketFrameReceived" and self.screen is not None:
                frame = message["params"]["response"]
                if frame["opcode"] == 2:
                    self.screen.feed(base64.b64decode(frame["payloadData"]).decode())
        return "" if self.screen is None else self.screen.text()

    def wait_for(self, wanted: str) -> str:
        return self.until(lambda: wanted in (text := self.text()) and text, lambda: f"no {wanted!r}")

    def until(self, condition: Callable[[], Any], said: Callable[[], str] = lambda: "it never came") -> Any:
        deadline = time.monotonic() + 90
        while not (found := condition()):
            assert time.monotonic() < deadline, f"{said()}\n{self.text()}"
        return found

    def press(self, *keys: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, "textarea.xterm-helper-textarea").send_keys(*keys)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    env = environment(tmp_path, TEXTUAL_ANIMATIONS="none")
    with subprocess.Popen(SERVE, env=env, stdout=subprocess.PIPE, text=True) as process:
        yield Served(process)
        process.terminate()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for option in (*OPTIONS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(option)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield Page(browser)
    browser.quit()


def answers(home: Path) -> int:
    with sqlite3.connect(f"file:{home / 'progress.sqlite3'}?mode=ro", uri=True) as record:
        return int(record.execute("SELECT count(*) FROM answers").fetchone()[0])


def test_a_question_and_a_command_of_a_lab_in_a_browser(page: Page, served: Served, tmp_path: Path) -> None:
    page.open(f"http://{served.host}/?token={served.token}")
    page.wait_for("▶ Continue")
    assert page.browser.current_url == f"http://{served.host}/", "the token has left the address bar"

    page.press("3", Keys.ENTER)
    page.wait_for("Question 1 of ")
    for partner in "1234":
        page.press(partner)
        page.wait_for(f"─▶ {partner} ")
    page.press(Keys.ENTER)
    page.wait_for("How sure are you?")
    page.press("3")
    page.wait_for("Enter Next")
    assert answers(tmp_path) == 1
    page.press(Keys.ESCAPE)
    page.wait_for("▶ Continue")

    page.press("4", Keys.ENTER)
    page.wait_for("F6 Shell")
    page.press(Keys.F6)
    page.wait_for("F6 Leave the shell")
    page.press("aws sts get-caller-identity --query Account --output text", Keys.ENTER)
    page.wait_for("123456789012")

    severe = [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def test_nothing_is_asked_of_any_other_host(page: Page, served: Served) -> None:
    page.open(f"http://{served.host}/?token={served.token}")
    asked = page.browser.execute_script("return performance.getEntriesByType('resource').map(r => r.name)")
    assert asked and all(name.startswith((f"http://{served.host}/", "data:")) for name in asked)


def test_leaving_the_app_says_so_and_offers_to_come_back(page: Page, served: Served) -> None:
    page.open(f"http://{served.host}/?token={served.token}")
    page.wait_for("▶ Continue")
    page.press("q")
    link = page.until(
        lambda: [e for e in page.browser.find_elements(By.LINK_TEXT, "Open it again") if e.is_displayed()]
    )
    link[0].click()
    page.wait_for("▶ Continue")


def test_a_closed_window_ends_its_process(page: Page, served: Served) -> None:
    page.open(f"http://{served.host}/?token={served.token}")
    page.wait_for("▶ Continue")
    assert children(served) != []
    page.browser.get("about:blank")
    page.until(lambda: children(served) == [])


def children(served: Served) -> list[str]:
    """The app processes of the server, a shell in between each."""
    found = subprocess.run(
        ["pgrep", "--parent", str(served.process.pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.split()
