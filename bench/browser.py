"""Chromium as a measuring device: when charts are drawn, what the renderer costs, how long frames take."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

# Charts stroke and fill paths of their own (Path2D); axes and grids do not. So a canvas has data once one was drawn.
_WATCH = """(() => {
  const first = new Map();
  window.__drawn = { first, last: 0 };
  for (const name of ['stroke', 'fill']) {
    const real = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (given[0] instanceof Path2D) {
        const now = performance.now();
        if (!first.has(this.canvas)) first.set(this.canvas, now);
        window.__drawn.last = now;
      }
      return real.apply(this, given);
    };
  }
})()"""

_DRAWN = """(wanted) => {
  const shown = [...window.__drawn.first].filter(([canvas]) => canvas.isConnected);
  return shown.length < wanted ? null : Math.max(...shown.map(([, at]) => at));
}"""

_FRAMES = """(for_ms) => new Promise((done) => {
  const lengths = [];
  let before = performance.now();
  const end = before + for_ms;
  const look = (now) => {
    lengths.push(now - before);
    before = now;
    if (now < end) requestAnimationFrame(look); else done(lengths.slice(1));
  };
  requestAnimationFrame(look);
})"""

# The main thread has nothing to do for a while and nothing was drawn meanwhile.
_AT_REST = """(quiet_ms) => new Promise((done) => {
  const look = () => {
    const since = Math.max(window.__drawn.last, ...performance.getEntriesByType('resource').map((e) => e.responseEnd));
    if (performance.now() - since > quiet_ms) done(window.__drawn.last); else setTimeout(look, 20);
  };
  setTimeout(look, 20);
})"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium, headless, with exact figures of its memory."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        arguments = ["--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


_SETTLE_S = 2.0
"""A new window of Chromium first loads pages of its own (its address bar is one), on the same cores."""


class Tab:
    """One page in a browser without anything kept."""

    def __init__(self, browser: Browser, width: int = 1440, height: int = 900) -> None:
        self._context = browser.new_context(viewport={"width": width, "height": height})
        self._context.add_init_script(_WATCH)
        self.page: Page = self._context.new_page()
        self._devtools: CDPSession = self._context.new_cdp_session(self.page)
        self._devtools.send("Performance.enable")
        time.sleep(_SETTLE_S)

    def close(self) -> None:
        self._context.close()

    def open(self, url: str, charts: int, at_most_s: float = 60) -> float:
        """Open an address; milliseconds from the start of the navigation until `charts` canvases show data."""
        self.page.goto(url, wait_until="commit")
        end = time.monotonic() + at_most_s
        while time.monotonic() < end:
            found = self.page.evaluate(_DRAWN, charts)
            if found is not None:
                return float(found)
            time.sleep(0.02)
        raise SystemExit(f"{url} does not show {charts} charts within {at_most_s:.0f} s")

    def at_rest(self, quiet_ms: int = 400) -> float:
        """Wait until nothing is fetched and drawn; when the last drawing was, on the page's own clock."""
        return float(self.page.evaluate(_AT_REST, quiet_ms))

    def move_to(self, search: str) -> float:
        """Other parameters in the address, as a link would; the moment of it on the page's own clock."""
        moved = """(search) => {
          performance.clearResourceTimings();
          const now = performance.now();
          history.pushState(null, '', location.pathname + search);
          window.dispatchEvent(new PopStateEvent('popstate'));
          return now;
        }"""
        return float(self.page.evaluate(moved, search))

    def answered(self) -> float:
        """When the last answer of the server had come, on the page's own clock."""
        ends = "() => Math.max(0, ...performance.getEntriesByType('resource').map((e) => e.responseEnd))"
        return float(self.page.evaluate(ends))

    def frames_ms(self, for_ms: int) -> list[float]:
        """Lengths of all frames for a while."""
        lengths: list[float] = self.page.evaluate(_FRAMES, for_ms)
        return lengths

    def metrics(self) -> dict[str, float]:
        """Chromium's own counters: TaskDuration, ScriptDuration, JSHeapUsedSize ... in seconds and bytes."""
        found: dict[str, Any] = self._devtools.send("Performance.getMetrics")
        return {one["name"]: float(one["value"]) for one in found["metrics"]}

    def heap_bytes(self) -> float:
        """What JavaScript holds after a collection."""
        self._devtools.send("HeapProfiler.collectGarbage")
        return self.metrics()["JSHeapUsedSize"]


def cpu_s(kind: str = "") -> float:
    """CPU seconds so far of this process' Chromium: of its renderers (`kind` renderer), or of all of it."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            if "chrom" in command and (not kind or f"--type={kind}" in command):
                total += sum(process.cpu_times()[:2])
        except psutil.Error:
            continue
    return total
