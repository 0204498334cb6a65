"""The page in Chromium: first load, a hundred live widgets, what a line costs, dragging, the size of what is loaded."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from bench.browser import Tab, chromium, cpu_s
from bench.data import STEP_MS, HostData, RemoteWriteTemplate
from bench.load import REMOTE_WRITE_HEADERS, Connection
from bench.process import Server, vedette
from bench.report import Report
from bench.run import Options

TITLE = "The page in Chromium: load, 100 live widgets, lines, drag, bundle"
PORT = 9268
_HOSTS = 100
_STEPS = 10_000
_ROUNDS = 7


def run(report: Report, options: Options) -> None:
    """No peer has a page that runs here without more; what others say of theirs is in bench/README.md."""
    server = vedette(options.folder / "page", PORT)
    server.start(fresh=True)
    end_ms = fill(server)
    done = threading.Event()
    pusher = threading.Thread(target=push_steadily, args=(done,))
    pusher.start()
    time.sleep(5)
    try:
        with chromium() as browser:
            _first_load(report, browser)
            _lines(report, browser, end_ms)
            _hundred(report, browser)
            _drag(report, browser)
        _bundle(report)
    finally:
        done.set()
        pusher.join()
    server.stop()


def fill(server: Server) -> int:
    """A hundred hosts every 10 s for 28 h; a million samples of each of ten metrics. Answers when they end."""
    connection = Connection(server.port)
    data = HostData(_HOSTS, _STEPS, (int(time.time() * 1000) // STEP_MS - _STEPS) * STEP_MS)
    template = RemoteWriteTemplate(data.labels)
    for time_ms, values in data.moments():
        connection.post(server.write_path, template.body(time_ms, values), REMOTE_WRITE_HEADERS)
    return data.end_ms


def push_steadily(done: threading.Event) -> None:
    """A hundred series with a new value each second."""
    connection = Connection(PORT)
    rng = np.random.default_rng(1)
    values = np.zeros(100)
    while not done.wait(1.0 - time.time() % 1.0):
        values += rng.normal(size=100)
        samples = [{"labels": {"__name__": "bench_page", "n": str(n)}, "value": v} for n, v in enumerate(values)]
        connection.post("/api/v1/samples", json.dumps(samples).encode(), {"Content-Type": "application/json"})


def keep(name: str, widgets: list[dict[str, Any]], start: str = "now-5m", end: str = "now") -> str:
    """Keep a dashboard; its address."""
    body = {"name": name, "spec": {"time": {"from": start, "to": end}, "widgets": widgets}}
    send = {"Content-Type": "application/json"}
    answer = json.loads(Connection(PORT).post("/api/v1/documents/dashboard", json.dumps(body).encode(), send))
    return f"http://127.0.0.1:{PORT}/d/{answer['data']['id']}"


def lines(count: int, across: int, height: int) -> list[dict[str, Any]]:
    """Line widgets, one live series of its own each."""
    width = 12 // across
    return [
        {
            "id": f"w{n}",
            "kind": "line",
            "title": f"Line {n}",
            "place": {"x": n % across * width, "y": n // across * height, "w": width, "h": height},
            "queries": [{"ref": "A", "text": f'bench_page{{n="{n}"}}'}],
        }
        for n in range(count)
    ]


def _first_load(report: Report, browser: Browser) -> None:
    """Twenty widgets, all of them on the screen, nothing kept by the browser."""
    url = keep("Twenty", lines(20, 4, 3))
    times = []
    for _ in range(_ROUNDS):
        tab = Tab(browser, 1440, 1200)
        times.append(tab.open(url, 20))
        tab.close()
    report.add("first load of 20 widgets, cold cache: median", "ms", {"vedette": float(np.median(times))}, at_most=700)
    report.add("first load of 20 widgets, cold cache: slowest", "ms", {"vedette": max(times)})


def _lines(report: Report, browser: Browser, end_ms: int) -> None:
    """A line shown anew: what the page does once the answer is there, and all of it from the wish to the picture."""
    for what, query, span_ms, goal in (
        ("1,000 points", 'cpu_usage_user{hostname="host_1"}', 999 * STEP_MS, 20.0),
        ("1 M raw points", "cpu_usage_user", (_STEPS - 1) * STEP_MS, 150.0),
    ):
        widget = lines(1, 1, 14)[0] | {"queries": [{"ref": "A", "text": query}], "options": {"envelope": True}}
        start_ms = end_ms - span_ms
        tab = Tab(browser)
        tab.open(keep(what, [widget], str(start_ms), str(end_ms)), 1)
        tab.at_rest()
        work, whole = [], []
        for round_ in range(1, _ROUNDS + 1):
            before = tab.metrics()["TaskDuration"]
            shift_ms = round_ * STEP_MS
            began = tab.move_to(f"?from={start_ms - shift_ms}&to={end_ms - shift_ms}")
            drawn = tab.at_rest()
            whole.append(drawn - began)
            work.append(drawn - tab.answered())
            assert tab.metrics()["TaskDuration"] > before
        tab.close()
        small = goal < 100
        drawing, asking = float(np.median(work)), float(np.median(whole))
        figure = f"line of {what}: "
        report.add(figure + "answer to picture", "ms", {"vedette": drawing}, at_most=goal if small else None)
        report.add(figure + "wish to picture", "ms", {"vedette": asking}, at_most=None if small else goal)


def _hundred(report: Report, browser: Browser) -> None:
    """A hundred widgets on one screen, live at 1 s."""
    tab = Tab(browser, 2560, 2400)
    tab.open(keep("Hundred", lines(100, 12, 3)), 100)
    time.sleep(10)
    began, task, renderer, everything = time.perf_counter(), tab.metrics(), cpu_s("renderer"), cpu_s()
    frames = tab.frames_ms(20_000)
    took, after = time.perf_counter() - began, tab.metrics()
    main = (after["TaskDuration"] - task["TaskDuration"]) / took
    report.add("100 widgets live at 1 s: main thread, cores", "cores", {"vedette": main}, at_most=0.4)
    report.add("the same: renderer process", "cores", {"vedette": (cpu_s("renderer") - renderer) / took})
    report.add(
        "the same: all of Chromium, which paints without a GPU", "cores", {"vedette": (cpu_s() - everything) / took}
    )
    report.add("the same: JavaScript heap", "MB", {"vedette": tab.heap_bytes() / 1e6}, at_most=200)
    report.add("the same: slowest frame of 20 s", "ms", {"vedette": max(frames)}, at_most=50)
    report.add("the same: frames a second", "1/s", {"vedette": len(frames) / took})
    assert tab.page.locator(".pnote--warn").count() == 0, "a widget is late, or left something out"
    lag = re.search(r"(\d+) ms", tab.page.locator(".live").first.inner_text())
    report.add(
        "sample to pixel, p95 as the page measures it", "ms", {"vedette": float(lag[1]) if lag else None}, at_most=100
    )
    tab.close()


def _drag(report: Report, browser: Browser) -> None:
    """A widget of fifty is dragged to and fro for two seconds."""
    tab = Tab(browser)
    tab.open(keep("Fifty", lines(50, 4, 4)), 1)
    tab.page.get_by_role("button", name="Edit", exact=True).click()
    tab.page.get_by_role("complementary", name="Widget library").wait_for()
    tab.at_rest()
    box = tab.page.locator("[data-frame='w0'] .panel__head, [data-frame='w0'] header").first.bounding_box()
    assert box is not None
    mouse, x, y = tab.page.mouse, box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    tab.page.evaluate(
        "() => { window.__frames = []; let b = performance.now(); const f = (n) => { "
        "window.__frames.push(n - b); b = n; requestAnimationFrame(f); }; requestAnimationFrame(f); }"
    )
    began = time.perf_counter()
    while time.perf_counter() - began < 3:
        t = time.perf_counter() - began
        mouse.move(x + 300 * abs(t % 2 - 1), y + 150 * abs((t * 1.3) % 2 - 1))
    frames: list[float] = tab.page.evaluate("() => window.__frames")
    mouse.up()
    tab.close()
    report.add("drag among 50 widgets: frames a second", "1/s", {"vedette": 1000 / float(np.mean(frames))}, at_least=55)
    report.add("the same: 95th percentile of a frame", "ms", {"vedette": float(np.percentile(frames, 95))})


def _bundle(report: Report) -> None:
    """What has to come before the page can start, and the largest of the parts that come when they are needed."""
    connection = Connection(PORT)
    html = connection.get("/").decode()
    first = sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', html)))
    size = sum(len(gzip.compress(connection.get(path), 9)) for path in first)
    report.add("main bundle, gzip", "kB", {"vedette": size / 1000}, at_most=250)
