"""Rules in a whole server: files, documents, settings, and the routes that tell of them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from tests.rules.serving import get, names, push, serving, until

from vedette.errors import BadData

FILE = """
groups:
- name: quick
  interval: 1s
  labels: {team: a}
  rules:
  - {record: total, expr: sum(m)}
  - {alert: High, expr: m > 5, severity: high, annotations: {summary: '{{ $labels.i }} is {{ $value }}'}}
  - {alert: Waits, expr: m > 5, for: 1h}
"""


async def test_files_are_evaluated_and_shown_as_prometheus_shows_them(tmp_path: Path) -> None:
    """Groups, rules and alerts have the fields that Prometheus' clients read."""
    (tmp_path / "rules.yml").write_text(FILE)
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "*.yml")]) as client:
        await push(client, 'm{i="1"} 9\nm{i="2"} 1\n')
        found = await until(client, "/api/v1/alerts", lambda data: len(data["alerts"]) == 2)
        alert = next(alert for alert in found["alerts"] if alert["state"] == "firing")
        assert alert["labels"] == {"alertname": "High", "i": "1", "severity": "high", "team": "a"}
        assert (alert["annotations"], alert["value"]) == ({"summary": "1 is 9"}, "9e+00")
        assert alert["activeAt"].endswith("Z")
        (group,) = (await get(client, "/api/v1/rules"))["groups"]
        assert (group["name"], group["interval"], group["file"]) == ("quick", 1.0, str(tmp_path / "rules.yml"))
        record, high, waits = group["rules"]
        assert (record["type"], record["health"], record["query"]) == ("recording", "ok", "sum(m)")
        assert (high["type"], high["state"], len(high["alerts"])) == ("alerting", "firing", 1)
        assert (waits["state"], waits["duration"]) == ("pending", 3600.0)
        shown = await until(client, "/api/v1/query?query=total", lambda data: data["result"])
        assert shown["result"][0]["value"][1] == "10"


async def test_rules_are_picked(tmp_path: Path) -> None:
    """By kind, name, group and labels, page by page, with their alerts or without."""
    text = FILE.replace("1s", "1h") + "- {name: other, rules: [{alert: B, expr: m, labels: {x: y}}]}\n"
    (tmp_path / "rules.yml").write_text(text)
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "rules.yml")]) as client:
        await until(client, "/api/v1/rules", lambda data: len(data["groups"]) == 2)
        asked = {
            "type=record": ["total"],
            "type=alert&rule_group[]=quick": ["High", "Waits"],
            "rule_name[]=B&rule_name[]=High": ["High", "B"],
            'match[]={x="y"}': ["B"],
            "file[]=nope": [],
            "group_limit=1": ["total", "High", "Waits"],
        }
        for query, expected in asked.items():
            assert names(await get(client, f"/api/v1/rules?{query}")) == expected, query
        page = await get(client, "/api/v1/rules?group_limit=1")
        rest = await client.get("/api/v1/rules", params={"group_limit": 1, "group_next_token": page["groupNextToken"]})
        assert names(rest.json()["data"]) == ["B"]
        assert "groupNextToken" not in rest.json()["data"]
        without = await get(client, "/api/v1/rules?exclude_alerts=true&type=alert")
        assert all("alerts" not in rule for group in without["groups"] for rule in group["rules"])
        for wrong in ("type=nope", "group_next_token=x", "group_limit=1&group_next_token=x", "match[]={"):
            assert (await client.get(f"/api/v1/rules?{wrong}")).status_code == 400, wrong


async def test_groups_are_told_as_they_were_written(tmp_path: Path) -> None:
    """With rules and groups that are switched off, and what Prometheus' form has no place for; only when asked."""
    text = """
groups:
- name: on
  interval: 1h
  labels: {team: a}
  rules:
  - {alert: Off, expr: m, enabled: false, owner: ada}
  - {alert: On, condition: {kind: threshold, query: m, op: ">", value: 5, recover: 4}, for: 5m, cooldown: 1h}
- {name: off, enabled: false, rules: [{record: r, expr: m}]}
"""
    (tmp_path / "rules.yml").write_text(text)
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "rules.yml")]) as client:
        await until(client, "/api/v1/rules", lambda data: names(data) == ["On"])
        assert all("source" not in group for group in (await get(client, "/api/v1/rules"))["groups"])
        on, off = (await get(client, "/api/v1/rules?source=true"))["groups"]
        condition = {"kind": "threshold", "query": "m", "op": ">", "value": 5.0, "recover": 4.0}
        assert on["source"] == {
            "interval": "1h",
            "labels": {"team": "a"},
            "rules": [
                {"alert": "Off", "expr": "m", "enabled": False, "owner": "ada"},
                {"alert": "On", "condition": condition, "for": "5m", "cooldown": "1h"},
            ],
        }
        assert (off["name"], off["rules"], off["source"]["rules"]) == ("off", [], [{"record": "r", "expr": "m"}])
        assert names(await get(client, "/api/v1/rules?source=true&type=record")) == []


async def test_documents_are_rules(tmp_path: Path) -> None:
    """A group made by the page is in force soon, changes with its document and ends with it."""
    async with serving(tmp_path) as client:
        await push(client, "m 9\n")
        path = "/api/v1/documents/rule_group"
        spec = {
            "interval": "1s",
            "rules": [{"alert": "A", "condition": {"kind": "threshold", "query": "m", "op": ">", "value": 5}}],
        }
        made = await client.post(path, json={"name": "mine", "spec": spec})
        assert made.status_code == 201, made.text
        found = await until(client, "/api/v1/alerts", lambda data: data["alerts"])
        assert found["alerts"][0]["rule"] == f"{made.json()['data']['id']}/mine/A"
        (group,) = (await get(client, "/api/v1/rules"))["groups"]
        assert group["document"] == made.json()["data"]["id"]
        here = f"{path}/{made.json()['data']['id']}"
        wrong = await client.put(
            here, json={"name": "mine", "spec": {"rules": [{"alert": "A"}]}}, headers={"If-Match": '"1"'}
        )
        assert (wrong.status_code, "rules[0].expr" in wrong.json()["error"]) == (400, True)
        off = {**spec, "enabled": False}
        assert (
            await client.put(here, json={"name": "mine", "spec": off}, headers={"If-Match": '"1"'})
        ).status_code == 200
        await until(client, "/api/v1/alerts", lambda data: not data["alerts"])
        periods = await until(client, "/api/v1/alerts/history", lambda data: data and data[0]["end_ms"])
        assert periods[0]["labels"] == {"alertname": "A"}


async def test_broken_files_leave_what_was_in_force(tmp_path: Path) -> None:
    """Until a file is right again its former rules go on, and the new ones are taken over when it is."""
    path = tmp_path / "r.yml"
    path.write_text("groups: [{name: g, rules: [{alert: A, expr: m}]}]")
    async with serving(tmp_path / "data", rules__files=[str(path)]) as client:
        await until(client, "/api/v1/rules", lambda data: names(data) == ["A"])
        path.write_text("groups: [{name: g, rules: [{alert: A, expr: m +}]}]")
        for _ in range(300):
            if "vedette_rules_broken_sources 1.0" in (await client.get("/metrics")).text:
                break
            await asyncio.sleep(0.05)
        assert names(await get(client, "/api/v1/rules")) == ["A"]
        path.write_text("groups: [{name: g, rules: [{alert: B, expr: m}, {alert: C, expr: m}]}]")
        await until(client, "/api/v1/rules", lambda data: names(data) == ["B", "C"])


async def test_backtests_tell_what_would_have_been(tmp_path: Path) -> None:
    """Bands and notifications of a rule that is not saved, over what is stored."""
    async with serving(tmp_path) as client:
        start_ms = int(time.time()) * 1000 - 600_000
        values = [1] * 10 + [9] * 20 + [1] * 10
        await push(client, "".join(f'm{{i="a"}} {value} {start_ms + n * 10_000}\n' for n, value in enumerate(values)))
        rule = {
            "alert": "A",
            "condition": {"kind": "threshold", "query": "m", "op": ">", "value": 5},
            "for": "1m",
            "annotations": {"s": "{{ $labels.i }}"},
        }
        asked = {"rule": rule, "start_ms": start_ms, "end_ms": start_ms + 390_000, "step_ms": 10_000}
        answer = await client.post("/api/v1/rules/backtest", json=asked)
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        assert (data["expr"], data["evaluations"], data["series"], data["truncated"]) == ("(m) > 5", 40, 1, False)
        shown = [(band["state"], band["start_ms"] - start_ms, band["end_ms"] - start_ms) for band in data["bands"]]
        assert shown == [("pending", 100_000, 160_000), ("firing", 160_000, 300_000)]
        told = [(one["state"], one["time_ms"] - start_ms, one["annotations"]) for one in data["notifications"]]
        assert told == [("firing", 160_000, {"s": "a"}), ("resolved", 300_000, {"s": "a"})]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"rule": {"alert": "A", "expr": "m >"}, "start_ms": 0, "end_ms": 1000}, 400),
        ({"rule": {"record": "a", "expr": "m"}, "start_ms": 0, "end_ms": 1000}, 400),
        ({"rule": {"alert": "A", "expr": "m[5m]"}, "start_ms": 0, "end_ms": 1000}, 400),
        ({"rule": {"alert": "A", "expr": "m"}, "start_ms": 1000, "end_ms": 0}, 400),
        ({"rule": {"alert": "A", "expr": "m"}, "start_ms": 0, "end_ms": 2**52, "step_ms": 1000}, 400),
        ({"rule": {"alert": "A", "expr": "m"}, "start_ms": -1, "end_ms": 2}, 400),
        ({"rule": 3}, 400),
        ({"rule": {"alert": "A", "expr": "m", "labels": {"x": "{{"}}, "start_ms": 0, "end_ms": 1000}, 400),
    ],
)
async def test_backtests_that_make_no_sense(tmp_path: Path, body: dict[str, Any], status: int) -> None:
    """They are refused, with the reason."""
    async with serving(tmp_path) as client:
        answer = await client.post("/api/v1/rules/backtest", json=body)
        assert answer.status_code == status, answer.text
        assert answer.json()["error"]


async def test_the_system_set_is_there_unless_it_is_switched_off(tmp_path: Path) -> None:
    """It is in force from the first start, and all of it can be evaluated."""
    async with serving(tmp_path, rules__system=True) as client:
        found = await until(client, "/api/v1/rules", lambda data: len(data["groups"]) == 3)
        assert {"CpuBusy", "DiskFillsUp", "TargetDown", "VedetteLags"} <= set(names(found))
        assert (await get(client, "/api/v1/alerts"))["alerts"] == []
    async with serving(tmp_path / "other") as client:
        assert (await get(client, "/api/v1/rules"))["groups"] == []


async def test_sets_for_domains_are_there_when_they_are_switched_on(tmp_path: Path) -> None:
    """Those that are named, beside the system set or without it."""
    async with serving(tmp_path, rules__packs=["redis", "postgresql"]) as client:
        found = await until(client, "/api/v1/rules", lambda data: data["groups"])
        assert sorted(group["name"] for group in found["groups"]) == ["postgresql", "redis"]
    with pytest.raises(BadData, match=r"rules\.packs"):
        async with serving(tmp_path / "other", rules__packs=["nope"]):
            pass


async def test_defaults_of_groups_are_settings(tmp_path: Path) -> None:
    """Interval, offset and project of the rules of files."""
    (tmp_path / "r.yml").write_text("groups: [{name: g, rules: [{alert: A, expr: m}]}]")
    flags = {"rules__interval": "7s", "rules__query_offset": "3s", "rules__project": "web"}
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "r.yml")], **flags) as client:
        found = await until(client, "/api/v1/rules?project=web", lambda data: data["groups"])
        assert found["groups"][0]["interval"] == 7.0
        assert (await get(client, "/api/v1/rules"))["groups"] == []


async def test_rule_files_of_a_prometheus_configuration_are_in_force(tmp_path: Path) -> None:
    """What it names beside its targets, with its own interval and offset."""
    (tmp_path / "prometheus.yml").write_text(
        "global: {evaluation_interval: 11s, rule_query_offset: 2s}\nrule_files: ['rules/*.yml']\n"
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text("groups: [{name: g, rules: [{alert: A, expr: m}]}]")
    async with serving(tmp_path / "data", scrape__config_file=str(tmp_path / "prometheus.yml")) as client:
        found = await until(client, "/api/v1/rules", lambda data: data["groups"])
        assert (found["groups"][0]["interval"], names(found)) == (11.0, ["A"])
        (tmp_path / "prometheus.yml").write_text("global: {evaluation_interval: 9s}\nrule_files: ['rules/*.yml']\n")
        await until(client, "/api/v1/rules", lambda data: data["groups"][0]["interval"] == 9.0)


async def test_rules_can_be_switched_off(tmp_path: Path) -> None:
    """Then nothing is evaluated, and backtests still answer."""
    (tmp_path / "r.yml").write_text("groups: [{name: g, interval: 1s, rules: [{record: r, expr: vector(1)}]}]")
    flags = {"rules__enabled": False, "rules__files": [str(tmp_path / "r.yml")]}
    async with serving(tmp_path / "data", **flags) as client:
        await asyncio.sleep(1.5)
        assert (await get(client, "/api/v1/query?query=r"))["result"] == []
        asked = {"rule": {"alert": "A", "expr": "vector(1)"}, "start_ms": 0, "end_ms": 60_000}
        assert (await client.post("/api/v1/rules/backtest", json=asked)).json()["data"]["series"] == 1


@pytest.mark.parametrize("tolerance", ["1h", "0s"])
async def test_alerts_go_on_after_a_restart(tmp_path: Path, tolerance: str) -> None:
    """The alert that fired still fires since then, unless the outage is longer than is tolerated."""
    (tmp_path / "r.yml").write_text("groups: [{name: g, interval: 1s, rules: [{alert: A, expr: m > 5}]}]")
    flags = {"rules__files": [str(tmp_path / "r.yml")], "rules__outage_tolerance": tolerance}
    async with serving(tmp_path / "data", **flags) as client:
        await push(client, "m 9\n")
        before = (await until(client, "/api/v1/alerts", lambda data: data["alerts"]))["alerts"][0]["activeAt"]
    await asyncio.sleep(1.0)
    async with serving(tmp_path / "data", **flags) as client:
        after = (await until(client, "/api/v1/alerts", lambda data: data["alerts"]))["alerts"][0]["activeAt"]
    assert (before == after) == (tolerance == "1h")


@pytest.mark.parametrize("grace", ["1h", "0s"])
async def test_alerts_without_data_after_a_restart_stay_for_a_while(tmp_path: Path, grace: str) -> None:
    """Within the grace nothing is taken for resolved that may only not have come in yet."""
    ends_s = int(time.time()) + 4
    rule = f"{{alert: A, expr: m > 5 and on () vector(time()) < {ends_s}}}"
    (tmp_path / "r.yml").write_text(f"groups: [{{name: g, interval: 1s, rules: [{rule}, {{record: r, expr: m}}]}}]")
    flags = {"rules__files": [str(tmp_path / "r.yml")], "rules__restart_grace": grace}
    async with serving(tmp_path / "data", **flags) as client:
        await push(client, "m 9\n")
        await until(client, "/api/v1/alerts", lambda data: data["alerts"])
    await asyncio.sleep(max(0.0, ends_s - time.time()))
    async with serving(tmp_path / "data", **flags) as client:
        await until(client, "/api/v1/rules", lambda data: data["groups"] and data["groups"][0]["evaluationTime"])
        assert len((await get(client, "/api/v1/alerts"))["alerts"]) == (grace == "1h")
