"""Templates: each is a valid dashboard whose questions are understood, and those of what runs here show something."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.test_settings_take_effect import serving

from vedette.dashboards.check import read_dashboard
from vedette.dashboards.grafana.queries import mistake_in
from vedette.dashboards.templates import Template, load_templates
from vedette.errors import Corruption

URL = "/api/v1/templates"
TEMPLATES = load_templates()
WEB = Path(__file__).parents[2] / "web" / "src" / "widgets" / "kinds"
KINDS = {found for path in WEB.glob("*.ts") for found in re.findall(r'kind: "([\w-]+)",\n  name:', path.read_text())}
"""Those that the page has."""


def questions(template: Template) -> list[tuple[str, str]]:
    """Widget and PromQL of each question."""
    widgets = template.spec["widgets"]
    return [(widget["title"], query["text"]) for widget in widgets for query in widget.get("queries", ())]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_every_question_is_understood(template: Template) -> None:
    """With any values of the variables; and no variable is spoken of that the dashboard does not have."""
    names = {variable["name"] for variable in template.spec["variables"]} | {"__rate_interval"}
    for title, promql in questions(template):
        assert mistake_in(promql) == "", f"{title}: {promql}"
        assert set(re.findall(r"\$(\w+)", promql)) <= names, title


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_every_template_is_a_dashboard_of_known_widgets(template: Template) -> None:
    """Widgets do not overlap within their section, each asks something, has a title and a unit."""
    dashboard = read_dashboard(template.spec)
    taken: set[tuple[str, int, int]] = set()
    for widget in dashboard.widgets:
        assert widget.kind in KINDS
        assert widget.title
        assert widget.queries
        assert widget.format.unit or widget.kind == "state-timeline"
        at = widget.place
        cells = {(widget.section, x, y) for x in range(at.x, at.x + at.w) for y in range(at.y, at.y + at.h)}
        assert not cells & taken, widget.title
        taken |= cells


def test_there_is_one_for_everything_that_was_promised() -> None:
    """System resources, Vedette, Prometheus, node_exporter, PostgreSQL, Redis and RabbitMQ."""
    promised = {"system-resources", "vedette", "prometheus", "node-exporter", "postgresql", "redis", "rabbitmq"}
    assert promised <= TEMPLATES.keys()


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    """What comes with the server is whole, or the error says which file is not."""
    folder = tmp_path / "x" / "dashboards"
    folder.mkdir(parents=True)
    (folder / "bad.json").write_text('{"id": "a"}')
    with pytest.raises(Corruption, match=r"bad\.json"):
        load_templates(tmp_path)


def free_port() -> int:
    """One of this file's own range."""
    for port in range(9320, 9330):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Path]:
    """A scrape configuration with a real Prometheus and node_exporter."""
    programs = {"prometheus": shutil.which("prometheus"), "node": shutil.which("prometheus-node-exporter")}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        pytest.skip(f"NOT INSTALLED: {', '.join(missing)} (scripts/peers)")
    rules = "groups: [{name: some, interval: 1s, rules: [{record: some, expr: up}]}]\n"
    (tmp_path / "rules.yml").write_text(rules)
    with ExitStack() as stack:
        jobs = ""
        for name, path in programs.items():
            port = free_port()
            address = f"127.0.0.1:{port}"
            arguments = [str(path), f"--web.listen-address={address}"]
            if name == "prometheus":
                own = f"scrape_configs: [{{job_name: self, static_configs: [{{targets: ['{address}']}}]}}]\n"
                (tmp_path / "own.yml").write_text(f"global: {{scrape_interval: 1s}}\nrule_files: [rules.yml]\n{own}")
                arguments += [f"--config.file={tmp_path / 'own.yml'}", f"--storage.tsdb.path={tmp_path / 'tsdb'}"]
            child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(child.wait, 20)
            stack.callback(child.terminate)
            wait_for_port(port)
            jobs += f"- {{job_name: {name}, static_configs: [{{targets: ['{address}']}}]}}\n"
        config = tmp_path / "scrape.yml"
        config.write_text(f"global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n{jobs}")
        yield config


def wait_for_port(port: int) -> None:
    """Until something listens there."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


MAY_BE_EMPTY = re.compile(r"node_(pressure|filesystem|disk)_|prometheus_notifications_errors")
"""Kernels without pressure stall information, containers without disks of their own, and no Alertmanager."""


async def values(client: httpx.AsyncClient, promql: str) -> int:
    """How many series an answer has."""
    asked = re.sub(r"\$(instance|database)", ".*", promql).replace("$__rate_interval", "8s")
    answer = await client.get("/api/v1/query", params={"query": asked})
    assert answer.status_code == 200, answer.text
    return len(answer.json()["data"]["result"])


@pytest.mark.peer
async def test_what_is_watched_here_shows_something(tmp_path: Path, peers: Path) -> None:
    """Against this machine, this server, a real Prometheus and a real node_exporter nearly every widget has data."""
    flags: dict[str, Any] = {"host__enabled": True, "telemetry__export_interval": "1s", "host__process_interval": "1s"}
    flags |= {"host__filesystem_interval": "1s", "scrape__config_file": str(peers)}
    ours = ("system-resources", "vedette", "prometheus", "node-exporter")
    async with serving(tmp_path / "data", **flags) as client:
        for _ in range(100):
            listed = (await client.get(URL)).json()["data"]
            fits = {template["id"]: template["fits"] for template in listed}
            if all(fits[name] for name in ours):
                break
            await asyncio.sleep(0.2)
        assert fits == {name: name in ours for name in fits}
        empty = {(name, *question) for name in ours for question in questions(TEMPLATES[name])}
        empty = {one for one in empty if not MAY_BE_EMPTY.search(one[2])}
        for _ in range(40):
            empty = {one for one in empty if not await values(client, one[2])}
            if not empty:
                break
            await asyncio.sleep(0.5)
        assert empty == set()


async def test_a_template_becomes_a_document(tmp_path: Path) -> None:
    """As often as somebody wants, each under a name of its own; an unknown one is not found."""
    async with serving(tmp_path) as client:
        listed = (await client.get(URL)).json()["data"]
        assert [one["id"] for one in listed] == list(TEMPLATES)
        assert not any(one["fits"] for one in listed)
        whole = (await client.get(f"{URL}/redis")).json()["data"]
        assert whole["spec"] == TEMPLATES["redis"].spec
        first, second = [await client.post(f"{URL}/redis/instantiate", json={}) for _ in range(2)]
        assert (first.status_code, first.json()["data"]["name"], second.json()["data"]["name"]) == (
            201,
            "Redis",
            "Redis 2",
        )
        assert first.json()["data"]["spec"] == whole["spec"]
        named = {"name": "Redis"}
        assert (await client.post(f"{URL}/redis/instantiate", json=named)).status_code == 409
        assert (await client.post(f"{URL}/nothing/instantiate", json={})).status_code == 404
        assert (await client.get(f"{URL}/nothing")).status_code == 404
