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
# an incident: what a checkout takes on three machines, two of which have become slow
RULES = {
    "interval": "1s",
    "rules": [
        {
            "alert": "SlowCheckout",
            "expr": "checkout_seconds > 2",
            "labels": {"severity": "high"},
            "annotations": {"summary": "A checkout takes {{ $value }} s on {{ $labels.instance }}"},
        },
        {"alert": "QueueLong", "expr": "queue_length > 100", "for": "1h", "labels": {"severity": "medium"}},
    ],
}
PART_MS, PARTS, SLOW_PARTS = 15_000, 60, 16
ALERT = {"alertname": "SlowCheckout", "instance": "web-0", "job": "shop", "severity": "high"}
EXPLORE = "/explore?q=sum%20by%20(mode)%20(rate(node_cpu_seconds_total%5B10s%5D))&from=now-1m&to=now"
# name, place, colour scheme, width, height
PICTURES = (
    ("host-dark", "/", "dark", 1280, 800),
    ("host-light", "/", "light", 1280, 800),
    ("explore-dark", EXPLORE, "dark", 1280, 720),
    ("host-phone", "/", "dark", 390, 844),
    ("dashboard-dark", "/d/{dashboard}?from=now-1m&to=now", "dark", 1280, 800),
    ("dashboard-light", "/d/{dashboard}?from=now-1m&to=now", "light", 1280, 800),
    ("alert-dark", f"/alerts/alert?labels={urllib.parse.quote(json.dumps(ALERT))}", "dark", 1280, 800),
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
            "--set",
            "rules.system=false",
            "--data",
            f"{folder}/data",
            "--port",
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
            try:
                assert server.stdout is not None  # noqa: S101 - a pipe was asked for
                url = server.stdout.readline().rpartition(" ")[2].strip()
                dashboard = furnish(url)
                wait_for_whole_minute(url)
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                    for name, place, *look in PICTURES:
                        take(browser, url, name, place.replace("{dashboard}", dashboard), *look)
                    browser.close()
            finally:
                server.terminate()
    return 0


def send(url: str, path: str, body: bytes, media: str = "application/json") -> bytes:
    """What the server answers."""
    request = urllib.request.Request(f"{url}{path}", body, {"Content-Type": media}, method="POST")  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own server
        return bytes(answer.read())


def furnish(url: str) -> str:
    """Make a dashboard of the template of this machine, and an incident; answers the dashboard's id."""
    made = json.loads(send(url, "/api/v1/templates/system-resources/instantiate", b"{}"))
    send(url, "/api/v1/documents/rule_group", json.dumps({"name": "shop", "spec": RULES}).encode())
    now_ms = int(time.time() * 1000)
    lines = ['queue_length{queue="orders"} 120']
    for part in range(PARTS, -1, -1):
        for number, calm in enumerate((0.4, 0.6, 0.5)):
            value = calm + (part * 7 + number * 3) % 5 / 20 + (2.4 if part < SLOW_PARTS and number < 2 else 0)
            lines.append(f'checkout_seconds{{instance="web-{number}",job="shop"}} {value} {now_ms - part * PART_MS}')
    send(url, "/api/v1/import/prometheus", ("\n".join(lines) + "\n").encode(), "text/plain")
    return str(made["data"]["id"])


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
