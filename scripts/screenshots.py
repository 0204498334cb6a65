"""Takes the pictures of the documentation: starts a server that watches this machine for a minute, then looks at it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
WATCH_S = 75
SETTLE_MS = 4000
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
        command = [Path(sys.executable).parent / "vedette", "serve", "--data", f"{folder}/data", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
            try:
                assert server.stdout is not None  # noqa: S101 - a pipe was asked for
                url = server.stdout.readline().rpartition(" ")[2].strip()
                time.sleep(WATCH_S)
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                    for picture in PICTURES:
                        take(browser, url, *picture)
                    browser.close()
            finally:
                server.terminate()
    return 0


def take(browser: Browser, url: str, name: str, place: str, scheme: str, width: int, height: int) -> None:
    """One picture."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="UTC",
    )
    page.goto(url + place)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


if __name__ == "__main__":
    sys.exit(main())
