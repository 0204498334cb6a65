"""Takes the pictures of the documentation: starts a server that watches this machine for a minute, then looks at it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
# what the pictures show, and how long a machine with much else to do may take until it has that without a gap
SHOWN_S = 65
PATIENCE_S = 600
SETTLE_MS = 4000
TRIES = 5
EXPLORE = "/explore?q=sum%20by%20(mode)%20(rate(node_cpu_seconds_total%5B10s%5D))&from=now-1m&to=now"
# name, place, colour scheme, width, height
PICTURES = (
    ("host-dark", "/", "dark", 1280, 800),
    ("host-light", "/", "light", 1280, 800),
    ("explore-dark", EXPLORE, "dark", 1280, 720),
    ("host-phone", "/", "dark", 390, 844),
)


def main() -> int:
    """Write docs/images/*.png."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("no Chromium found: install the package chromium\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            Path(sys.executable).parent / "vedette",
            "serve",
            "--no-auth",
            "--data",
            f"{folder}/data",
            "--port",
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
            try:
                assert server.stdout is not None  # noqa: S101 - a pipe was asked for
                url = server.stdout.readline().rpartition(" ")[2].strip()
                wait_for_whole_minute(url)
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                    for picture in PICTURES:
                        take(browser, url, *picture)
                    browser.close()
            finally:
                server.terminate()
    return 0


def whole(url: str) -> bool:
    """Whether every second that the pictures show has its sample."""
    question = urllib.parse.urlencode({"query": f"count_over_time(node_load1[{SHOWN_S}s])"})
    with urllib.request.urlopen(f"{url}/api/v1/query?{question}", timeout=10) as answer:  # noqa: S310 - our own server
        found = json.load(answer)["data"]["result"]
    return bool(found) and float(found[0]["value"][1]) >= SHOWN_S - 1


def wait_for_whole_minute(url: str) -> None:
    """Until there is no gap in what the pictures will show."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not whole(url):
        if time.monotonic() > deadline_s:
            sys.exit(f"this machine is too busy: no {SHOWN_S} s without a gap in {PATIENCE_S} s")
        time.sleep(1)


def take(browser: Browser, url: str, name: str, place: str, scheme: str, width: int, height: int) -> None:
    """One picture."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="UTC",
    )
    for _ in range(TRIES):
        page.goto(url + place)
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=IMAGES / f"{name}.png")
        if whole(url):
            break
        # the machine was busy while the picture was taken
        wait_for_whole_minute(url)
    page.close()


if __name__ == "__main__":
    sys.exit(main())
