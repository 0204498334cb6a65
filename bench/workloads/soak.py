"""A dashboard left open: whether what JavaScript holds grows with time."""

from __future__ import annotations

import os
import threading
import time

import numpy as np

from bench.browser import Tab, chromium
from bench.process import vedette
from bench.report import Report
from bench.run import Options
from bench.workloads.page import PORT, keep, lines, push_steadily

TITLE = "A dashboard left open for ten minutes"
_WARM_UP_S = 120
"""Until the window of one minute is full and the engine has compiled what is hot."""
_EVERY_S = 15


def run(report: Report, options: Options) -> None:
    """Twenty live widgets; `SOAK_MINUTES` of them."""
    minutes = float(os.environ.get("SOAK_MINUTES", "10"))
    server = vedette(options.folder / "soak", PORT)
    server.start(fresh=True)
    done = threading.Event()
    pusher = threading.Thread(target=push_steadily, args=(done,))
    pusher.start()
    time.sleep(5)
    try:
        with chromium() as browser:
            tab = Tab(browser, 1440, 1200)
            tab.open(keep("Soak", lines(20, 4, 3), "now-1m"), 20)
            at_s, heap_mb = _heap(tab, minutes * 60)
    finally:
        done.set()
        pusher.join()
    settled = at_s >= min(_WARM_UP_S, at_s[-1] / 2)
    slope, _ = np.polyfit(at_s[settled], heap_mb[settled], 1)
    # Of points with noise of their own a line has a slope as well: what of it may be chance.
    rest = heap_mb[settled] - np.polyval(np.polyfit(at_s[settled], heap_mb[settled], 1), at_s[settled])
    doubt = float(np.std(rest) / (np.std(at_s[settled]) * np.sqrt(settled.sum())))
    report.add("20 live widgets: heap after warming up", "MB", {"vedette": float(heap_mb[settled][0])})
    report.add("the same: heap at the end", "MB", {"vedette": float(heap_mb[-1])}, at_most=200)
    report.add("the same: growth", "MB/h", {"vedette": float(slope * 3600)}, at_most=2 * doubt * 3600 + 1)
    report.add("the same: what of the growth may be chance (1 sigma)", "MB/h", {"vedette": doubt * 3600})
    server.stop()


def _heap(tab: Tab, for_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since the start, megabytes after a collection."""
    began = time.monotonic()
    at_s, heap_mb = [], []
    while time.monotonic() - began < for_s:
        time.sleep(_EVERY_S)
        at_s.append(time.monotonic() - began)
        heap_mb.append(tab.heap_bytes() / 1e6)
    return np.array(at_s), np.array(heap_mb)
