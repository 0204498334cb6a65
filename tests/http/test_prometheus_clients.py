"""Programs that were written for Prometheus, against a real socket: promtool, prometheus-api-client, and a federating
Prometheus."""

from __future__ import annotations

import asyncio
import datetime
import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from prometheus_api_client import PrometheusConnect
from tests.http.prometheus_world import NOW_MS, world

NOW = NOW_MS // 1000
pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with world() as made, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(made.app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run promtool, or skip aloud."""
    if not shutil.which("promtool"):
        pytest.skip("no promtool on this machine")
    return subprocess.run(["promtool", "query", *arguments], capture_output=True, text=True, timeout=30)


def test_promtool_asks_every_kind_of_question(url: str) -> None:
    """instant, range, series and labels answer as from Prometheus; a mistake is shown with its position."""
    instant = promtool("instant", f"--time={NOW}", url, "sum by (zone) (up)")
    assert instant.stdout.splitlines() == [f'{{zone="z{host}"}} => {n} @[{NOW}]' for n, host in enumerate("abc")]
    ranged = promtool("range", f"--start={NOW - 20}", f"--end={NOW}", "--step=10s", url, "max(requests_total)")
    assert ranged.stdout.splitlines() == ["{} =>", f"171 @[{NOW - 20}]", f"174 @[{NOW - 10}]", f"177 @[{NOW}]"]
    series = promtool("series", "--match=up", f"--start={NOW - 60}", f"--end={NOW}", url)
    assert series.stdout.splitlines()[0] == '{__name__="up", host="a", zone="za"}'
    labels = promtool("labels", f"--start={NOW - 60}", f"--end={NOW}", url, "host")
    assert labels.stdout.split() == ["a", "b", "c"]
    mistake = promtool("instant", url, "sum(up")
    assert mistake.returncode != 0
    assert "1:7: parse error: unclosed left parenthesis" in mistake.stderr


def test_prometheus_api_client(url: str) -> None:
    """Connection check, metric names, current values, ranges, labels, targets, metadata."""
    client = PrometheusConnect(url=url, disable_ssl=True)
    end = datetime.datetime.fromtimestamp(NOW)  # noqa: DTZ006 - the client takes local times
    start = end - datetime.timedelta(minutes=1)
    assert client.all_metrics() == ["requests_total", "up"]
    assert client.get_label_values("host") == ["a", "b", "c"]
    values = client.get_current_metric_value("up", label_config={"host": "b"}, params={"time": NOW})
    assert [(row["metric"]["host"], row["value"]) for row in values] == [("b", [NOW, "1"])]
    ranges = client.get_metric_range_data("requests_total", start_time=start, end_time=end)
    assert [len(row["values"]) for row in ranges] == [6, 6, 6]
    rates = client.custom_query_range("sum(rate(requests_total[1m]))", start, end, "30s")
    assert len(rates[0]["values"]) == 3
    aggregated = client.get_metric_aggregation("sum(up)", ["max", "average"], start, end, "30s")
    assert {name: float(value) for name, value in aggregated.items()} == {"max": 3.0, "average": 3.0}
    assert client.get_targets()["activeTargets"] == []
    assert client.get_metric_metadata("up")[0]["type"] == "gauge"


def test_a_prometheus_federates(url: str, tmp_path: Path) -> None:
    """A real server scrapes /federate, keeps our timestamps and labels, and finds nothing wrong with the text."""
    if not shutil.which("prometheus"):
        pytest.skip("no prometheus on this machine")
    with urllib.request.urlopen(f"{url}/federate?match[]=up", timeout=5) as answer:
        assert answer.read().count(b"\nup{") == 3
    config = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [
            {
                "job_name": "federate",
                "honor_labels": True,
                "honor_timestamps": False,
                "metrics_path": "/federate",
                "params": {"match[]": ['{__name__=~".+"}']},
                "static_configs": [{"targets": [url.removeprefix("http://")]}],
            }
        ],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        own = f"127.0.0.1:{probe.getsockname()[1]}"
    arguments = [f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}"]
    arguments += [f"--web.listen-address={own}", "--log.level=error"]
    process = subprocess.Popen(["prometheus", *arguments], stderr=subprocess.DEVNULL)
    try:
        rows: list[dict[str, object]] = []
        for _ in range(150):
            time.sleep(0.1)
            try:
                asked = f"http://{own}/api/v1/query?query=requests_total"
                with urllib.request.urlopen(asked, timeout=2) as answer:
                    rows = json.load(answer)["data"]["result"]
            except OSError:
                continue
            if rows:
                break
    finally:
        process.terminate()
        process.wait(20)
    assert sorted(row["value"][1] for row in rows) == ["118", "177", "59"]  # type: ignore[index]
