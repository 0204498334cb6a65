"""The gallery of all kinds of widgets, built and served as the page is, under the page's own policy."""

from __future__ import annotations

import functools
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, expect

from vedette.http.middleware.headers import page_policy

WEB = Path(__file__).parents[2] / "web"


class PolicyHandler(SimpleHTTPRequestHandler):
    """Files as the server sends them, with the page's policy."""

    def end_headers(self) -> None:
        """Add the policy."""
        self.send_header("content-security-policy", page_policy("none", ""))
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served_gallery(out: Path) -> Iterator[str]:
    """Its address."""
    node = shutil.which("node")
    assert node is not None
    command = [node, "node_modules/vite/bin/vite.js", "build", "--config", "gallery/vite.config.ts"]
    built = subprocess.run([*command, "--outDir", str(out)], cwd=WEB, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(PolicyHandler, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/gallery/widgets.html"
    server.shutdown()
    server.server_close()


def shown(page: Page) -> None:
    """Waits until every widget's own code has come and drawn."""
    expect(page.locator(".wcell").first).to_be_visible()
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_timeout(300)


def space_is_drawn(page: Page) -> None:
    """Waits until what is drawn in space is, by WebGL or without."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('.wspace canvas')].every(one => one.style.visibility === 'visible'"
        " || one.parentElement.querySelector('.wspace__flat') !== null)"
    )
