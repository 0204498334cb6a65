"""A real server, a real Chromium, and a wire between them that a test can cut."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FloatRect,
    Page,
    StorageState,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

import vedette

from .gallery import served_gallery
from .guarded import Guarded, setup_link

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
# a machine with much else to do is slow, not wrong
expect.set_options(timeout=20_000)
PAGE = Path(vedette.__file__).parent / "page" / "index.html"
READY_S = 30
SEEN_LAST = Path(__file__).parents[2] / ".make" / "journeys"
FAILED = pytest.StashKey[bool]()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`vedette serve` as a person starts it, on its own data folder."""

    def __init__(self, data: Path, port: int, options: Sequence[str] = ("--no-auth",)) -> None:
        self.data, self.port, self.url = data, port, f"http://127.0.0.1:{port}"
        self.log = data.parent / "server.log"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it is ready."""
        program = Path(sys.executable).with_name("vedette")
        command = [str(program), "serve", "--data", str(self.data), "--port", str(self.port), *self._options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline_s = time.monotonic() + READY_S
        while time.monotonic() < deadline_s and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/-/ready", timeout=2).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text()[-2000:])

    def push(self, exposition: str) -> None:
        """Send samples in the text format."""
        request = urllib.request.Request(f"{self.url}/api/v1/import/prometheus", exposition.encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def newest_s(self) -> float:
        """When the newest sample of this machine was taken, 0 before the first."""
        with urllib.request.urlopen(f"{self.url}/api/v1/query?query=timestamp(node_load1)", timeout=10) as answer:
            found = json.load(answer)["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def wait_for_samples(self, count: int) -> None:
        """Until `count` more seconds are stored: this machine is watched once a second."""
        goal_s = self.newest_s() + count
        deadline_s = time.monotonic() + READY_S + count
        while self.newest_s() < goal_s:
            assert time.monotonic() < deadline_s, "no new samples are stored"
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As Ctrl+C does."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None


def ask(server: Server, method: str, path: str, body: object = None, version: int = 0) -> Any:
    """What the API answers, without what is around it; None where it says nothing. Raises HTTPError."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **({"If-Match": f'"{version}"'} if version else {})}
    request = urllib.request.Request(server.url + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
    found = json.loads(text) if text else None
    return found["data"] if isinstance(found, dict) and "data" in found else found


class Wire:
    """A TCP relay to a server; cut, it drops every connection and refuses new ones."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._open: list[socket.socket] = []
        self._whole = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Drop everything."""
        self._whole = False
        for end in self._open:
            _shut(end)
        self._open.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._target_port))
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_relay, args=(source, sink), daemon=True).start()


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            sink.sendall(block)
    for end in (source, sink):
        _shut(end)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """System Chromium."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    if not PAGE.is_file():
        pytest.fail("the page is not built: run make page")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


# how busy the machine is fires no alerts
ALL_OPEN = ("--no-auth", "--set", "rules.system=false")


@contextmanager
def started(folder: Path, more: Sequence[str] = ALL_OPEN) -> Iterator[Server]:
    """A server of its own in a folder."""
    running = Server(folder / "data", free_port(), more)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all journeys that do not harm it."""
    with started(tmp_path_factory.mktemp("e2e")) as running:
        yield running


@pytest.fixture(scope="module")
def apart(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the journeys of one file: its samples and marks would show in others, or theirs in it."""
    with started(tmp_path_factory.mktemp("apart")) as running:
        yield running


@pytest.fixture
def own_server(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server that the test may kill."""
    with started(tmp_path, ("--no-auth",)) as running:
        yield running


# Many sign-ins from one address within seconds are what a test does, not what a person does.
GUARDED = ("--set", "http.rates.login_per_s=1000", "--set", "http.rates.change_per_s=1000")


@pytest.fixture
def fresh(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has set up."""
    with started(tmp_path, GUARDED) as running:
        yield running


@pytest.fixture(scope="session")
def guarded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server with people, roles, projects and samples, for all journeys that need some of them."""
    with started(tmp_path_factory.mktemp("guarded"), GUARDED) as running:
        yield Guarded(running.url, setup_link(running.log))


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the gallery of widgets."""
    with served_gallery(tmp_path_factory.mktemp("gallery")) as address:
        yield address


SETTLED = """() => new Promise(done => {
  let before = '', since = performance.now();
  const look = () => {
    const box = document.querySelector('.chart .u-over')?.getBoundingClientRect();
    const now = box === undefined ? '' : [box.x, box.y, box.width, box.height].join(' ');
    if (now !== before) since = performance.now();
    before = now;
    if (now !== '' && performance.now() - since > 300) done(box.toJSON()); else requestAnimationFrame(look);
  };
  look();
})"""


def plot_box(page: Page) -> FloatRect:
    """Where the first plot is, once it stays there: it is built anew while the first series come in."""
    expect(page.locator(".chart .u-over").first).to_be_visible()
    box: FloatRect = page.evaluate(SETTLED)
    return box


def answered(page: Page) -> None:
    """Waits until every question of Explore has its answer or its error, and what was found is listed."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('.query')].every(one => one.querySelector('.tag--ok, .tag--crit'))
          && document.querySelector('.query') !== null"""
    )
    expect(page.locator(".list-row").first).to_be_visible()


def drawn(page: Page) -> None:
    """Waits until the first answers are painted: numbers in the tiles, values in a legend, and a latency."""
    expect(page.locator(".stat__value").first).to_contain_text("%")
    expect(page.locator(".legend-inline b").first).not_to_be_empty()
    expect(page.locator(".live__lag")).to_contain_text("ms")


class Complaints(list[str]):
    """What the browser's console and policy complained of."""


OpenPage = Callable[..., Page]


@pytest.fixture
def complaints() -> Complaints:
    """Filled while the test's pages are open."""
    return Complaints()


def is_complaint(line: ConsoleMessage) -> bool:
    """Not that somebody left a page while its stream was being opened."""
    left = "WebSocket is closed before the connection is established" in line.text
    return line.type in ("error", "warning") and not left


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps for the fixtures whether the test has failed."""
    report = yield
    item.stash[FAILED] = report.failed
    return report


def keep_picture(page: Page, name: str) -> None:
    """What a failed journey saw last, with the address."""
    SEEN_LAST.mkdir(parents=True, exist_ok=True)
    # a page that hangs is not waited for
    with suppress(PlaywrightError):
        page.screenshot(path=SEEN_LAST / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.png", timeout=5_000)
    sys.stderr.write(f"{name}: {page.url} (.make/journeys has its picture)\n")


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, complaints: Complaints) -> Iterator[OpenPage]:
    """Opens an address in a fresh profile: `open_page(url, width=390, height=844, theme="light")`."""
    contexts: list[BrowserContext] = []

    def open_(
        url: str,
        *,
        width: int = 1440,
        height: int = 900,
        theme: str = "dark",
        motion: str = "no-preference",
        state: StorageState | None = None,
    ) -> Page:
        touch = width < 1000
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion=motion,
            has_touch=touch,
            is_mobile=touch,
            timezone_id="UTC",
            storage_state=state,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                keep_picture(page, f"{request.node.name}-{number}")
        context.close()
