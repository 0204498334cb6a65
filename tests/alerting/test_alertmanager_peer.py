"""The same configuration and alerts through a real Alertmanager and through Vedette: groups, states and amtool."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.alerting.listening import free_port, ready, vedette
from tests.alerting.servers import Hook, hook

pytestmark = pytest.mark.peer
CONFIG = """
route:
  receiver: all
  group_by: [alertname, cluster]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
  routes:
    - matchers: [severity="critical"]
      receiver: loud
      continue: true
      group_by: ['...']
    - matchers: [team=~"db|store"]
      group_by: [team]
      routes:
        - matchers: [env!="prod"]
          receiver: quiet
          group_by: []
receivers:
  - name: all
    webhook_configs: [{url: 'HOOK/all'}]
  - name: loud
    webhook_configs: [{url: 'HOOK/loud'}]
  - name: quiet
    webhook_configs: [{url: 'HOOK/quiet', send_resolved: false}]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [cluster]
"""


def moment(**offset: float) -> str:
    """RFC 3339, from now."""
    return (datetime.now(UTC) + timedelta(**offset)).isoformat()


def alerts() -> list[dict[str, Any]]:
    """Of every kind that the routes tell apart."""
    found = []
    for number in range(24):
        labels = {
            "alertname": f"A{number % 3}",
            "cluster": f"c{number % 2}",
            "severity": ("critical", "warning", "info")[number % 3 if number < 12 else 2],
            "team": ("db", "store", "web", "")[number % 4],
            "env": ("prod", "dev")[number // 4 % 2],
            "n": str(number),
        }
        found.append({"labels": labels, "startsAt": moment(), "endsAt": moment(minutes=5)})
    return found


@contextmanager
def alertmanager(folder: Path, config: str) -> Iterator[str]:
    """A real one; its address."""
    program = shutil.which("prometheus-alertmanager")
    if program is None:
        pytest.skip("prometheus-alertmanager is not installed: make peers")
    (folder / "am.yml").write_text(config)
    port = free_port()
    command = [program, f"--config.file={folder}/am.yml", f"--storage.path={folder}/am", "--cluster.listen-address="]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def groups(answer: httpx.Response) -> list[Any]:
    """What matters of `/api/v2/alerts/groups`."""
    found = []
    for group in answer.json():
        members = sorted((it["labels"]["n"], it["status"]["state"]) for it in group["alerts"])
        found.append([group["receiver"]["name"], sorted(group["labels"].items()), members])
    return sorted(found)


def told(it: Hook) -> list[Any]:
    """(path, group, status, alerts) of every notification."""
    found = []
    for line, _, body in it.requests:
        said = json.loads(body)
        members = sorted((one["labels"]["n"], one["status"]) for one in said["alerts"])
        found.append([line.split(" ")[1], sorted(said["groupLabels"].items()), said["status"], members])
    return sorted(found)


async def test_groups_and_notifications_are_the_same(tmp_path: Path) -> None:
    """Over routes with `continue`, `...`, no labels and inhibition: when all fire, and when some have ended."""
    async with hook() as theirs, hook() as ours, vedette(tmp_path) as url, httpx.AsyncClient() as client:
        config = CONFIG.replace("HOOK", f"http://127.0.0.1:{theirs.port}")
        with alertmanager(tmp_path, config) as peer:
            await ready(client, peer)
            await ready(client, url)
            text = CONFIG.replace("HOOK", f"http://127.0.0.1:{ours.port}")
            done = await client.post(f"{url}/api/v1/alerting/import", json={"text": text})
            assert done.json()["data"]["errors"] == [], done.text
            firing = alerts()
            for place in (peer, url):
                assert (await client.post(f"{place}/api/v2/alerts", json=firing)).status_code == 200
            await asyncio.sleep(2.5)
            answers = [await client.get(f"{place}/api/v2/alerts/groups") for place in (peer, url)]
            assert groups(answers[1]) == groups(answers[0])
            assert told(ours) == told(theirs)
            assert len(theirs.requests) > 5
            before = len(theirs.requests)
            over = [{**it, "endsAt": moment()} for it in firing[::2]]
            for place in (peer, url):
                assert (await client.post(f"{place}/api/v2/alerts", json=over)).status_code == 200
            for _ in range(60):
                await asyncio.sleep(0.1)
                if len(theirs.requests) > before and told(ours) == told(theirs):
                    break
            answers = [await client.get(f"{place}/api/v2/alerts/groups") for place in (peer, url)]
            assert groups(answers[1]) == groups(answers[0])
            assert told(ours) == told(theirs)


async def test_amtool_works(tmp_path: Path) -> None:
    """Alerts, silences and the routes over the command line of Alertmanager."""
    amtool = shutil.which("amtool")
    if amtool is None:
        pytest.skip("amtool is not installed: make peers")

    async with vedette(tmp_path) as url, httpx.AsyncClient() as client:
        await ready(client, url)
        text = CONFIG.replace("HOOK", "http://127.0.0.1:1")
        await client.post(f"{url}/api/v1/alerting/import", json={"text": text})

        async def run(*arguments: str, fails: bool = False) -> str:
            command = [amtool, f"--alertmanager.url={url}", *arguments]
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
            out, errors = await process.communicate()
            assert (process.returncode != 0) == fails, errors.decode()
            return (errors if fails else out).decode()

        await run("alert", "add", "Disk", "severity=critical", "team=db", "--annotation=summary=full")
        await run("alert", "add", "Other", "severity=info")
        assert "Disk" in await run("alert", "query", "severity=critical")
        made = (
            await run("silence", "add", "alertname=Disk", "--author=ann", "--comment=known", "--duration=1h")
        ).strip()
        assert made in await run("silence", "query")
        assert "Disk" not in await run("alert", "query", "--active")
        assert "Disk" in await run("alert", "query", "--silenced")
        await run("silence", "update", made, "--comment=still")
        (silence,) = json.loads(await run("silence", "query", "-o", "json"))
        assert silence["comment"] == "still"
        await run("silence", "expire", silence["id"])
        assert "Disk" in await run("alert", "query", "--active")
        assert "loud" in await run("config", "show")
        assert "loud" in await run("config", "routes", "test", "severity=critical")
        assert "regular expression" in await run("alert", "query", "--receiver=(", fails=True)


def write_rule(folder: Path, expr: str) -> None:
    """The one rule of that Prometheus."""
    rule = f"{{alert: High, expr: {expr}, annotations: {{summary: 'at {{{{ $value }}}}'}}}}"
    (folder / "r.yml").write_text(f"groups: [{{name: g, rules: [{rule}]}}]")


@contextmanager
def prometheus(folder: Path, alertmanager_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real one that sends its alerts there."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed: make peers")
    there = alertmanager_url.removeprefix("http://")
    (folder / "p.yml").write_text(
        "global: {evaluation_interval: 1s, external_labels: {cluster: c1}}\nrule_files: [r.yml]\n"
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{there}']}}]}}]}}\n"
    )
    command = [program, f"--config.file={folder}/p.yml", f"--storage.tsdb.path={folder}/tsdb"]
    # What it says before it knows where to is lost.
    command += [f"--web.listen-address=127.0.0.1:{free_port()}", "--rules.alert.resend-delay=1s"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_a_prometheus_sends_its_alerts_here(tmp_path: Path) -> None:
    """What fires there is listed and told here, with its labels and texts, and so is its end."""
    async with vedette(tmp_path) as url, httpx.AsyncClient() as client:
        await ready(client, url)

        async def until(path: str, key: str, value: str) -> dict[str, Any]:
            """The first of a list that has it."""
            for _ in range(600):
                found = (await client.get(url + path)).json()["data"]
                for one in found if isinstance(found, list) else found["notifications"]:
                    if one[key] == value:
                        return dict(one)
                await asyncio.sleep(0.1)
            raise AssertionError(f"{path} never had {key} {value}")

        route = {"name": "main", "spec": {"receiver": "dashboard", "group_wait_ms": 0, "group_interval_ms": 1_000}}
        assert (await client.post(f"{url}/api/v1/documents/alert_route", json=route)).status_code == 201
        write_rule(tmp_path, "vector(7)")
        with prometheus(tmp_path, url) as process:
            told = await until("/api/v1/alerting/bell", "status", "firing")
            assert (told["title"], told["text"]) == ("[FIRING:1] High", "at 7 (cluster=c1)")
            write_rule(tmp_path, "vector(7) > 8")
            process.send_signal(signal.SIGHUP)
            told = await until("/api/v1/alerting/bell", "status", "resolved")
            assert told["title"].startswith("[RESOLVED] High")
        assert (await client.get(f"{url}/api/v2/alerts")).json() == []
