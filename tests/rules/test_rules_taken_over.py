"""Rules that come and go while a server runs: files taken over as documents, files read anew, groups deleted."""

from __future__ import annotations

import math
from pathlib import Path

import httpx
import pytest
from tests.rules.serving import get, names, push, serving, until

DOCUMENTS = "/api/v1/documents/rule_group"
IMPORT = "/api/v1/rules/import"
FILE = """
groups:
- name: node
  interval: 1s
  limit: 9
  labels: {team: a}
  rules:
  - {record: total, expr: sum(m)}
  - alert: High
    expr: m > 5
    for: 1s
    keep_firing_for: 1s
    labels: {severity: high}
    annotations: {summary: '{{ $labels.i }} is {{ $value | humanize }}'}
- {name: other, rules: [{alert: B, expr: m > 100}]}
"""


async def test_a_rule_file_becomes_documents_that_are_in_force(tmp_path: Path) -> None:
    """Each group is one document, evaluated as the file would have been."""
    async with serving(tmp_path) as client:
        tried = (await client.post(IMPORT, json={"text": FILE, "dry_run": True})).json()["data"]
        assert [(group["name"], group["rules"], group["result"]) for group in tried["groups"]] == [
            ("node", 2, ""),
            ("other", 1, ""),
        ]
        assert (await get(client, DOCUMENTS)) == []
        answer = await client.post(IMPORT, json={"text": FILE})
        assert answer.status_code == 200, answer.text
        made = answer.json()["data"]
        assert ([group["result"] for group in made["groups"]], made["errors"]) == (["created", "created"], [])
        document = await get(client, f"{DOCUMENTS}/{made['groups'][0]['document']}")
        assert (document["name"], document["spec"]["limit"], document["spec"]["rules"][1]["for"]) == ("node", 9, "1s")
        await push(client, 'm{i="1"} 9\n')
        (alert,) = (await until(client, "/api/v1/alerts", lambda data: data["alerts"]))["alerts"]
        assert alert["labels"] == {"alertname": "High", "i": "1", "severity": "high", "team": "a"}
        assert alert["annotations"] == {"summary": "1 is 9"}


async def test_a_second_import_makes_new_versions_of_what_is_different(tmp_path: Path) -> None:
    """What is as the file says stays as it is; the history tells the rest."""
    async with serving(tmp_path) as client:
        first = (await client.post(IMPORT, json={"text": FILE})).json()["data"]["groups"]
        second = (await client.post(IMPORT, json={"text": FILE.replace("100", "50")})).json()["data"]["groups"]
        assert [group["result"] for group in second] == ["unchanged", "updated"]
        assert [group["document"] for group in second] == [group["document"] for group in first]
        versions = await get(client, f"{DOCUMENTS}/{second[1]['document']}/versions")
        assert [version["message"] for version in versions] == ["imported from a rule file"] * 2


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("groups: [{name: a, rules: [{alert: A, expr: 1 +}]}, {name: b}]", "line 1"),
        ("groups: [{name: a, rules: [{alert: A, expr: 'm[5m]'}]}]", "group 'a': rules[0].expr"),
        ("groups:\n- name: a\n- name: a\n", "line 3"),
        ("groups: [", "line 1"),
        ("- 1", "line 1"),
    ],
)
async def test_a_file_with_errors_changes_nothing(tmp_path: Path, text: str, error: str) -> None:
    """All errors are told with their places."""
    async with serving(tmp_path) as client:
        data = (await client.post(IMPORT, json={"text": text})).json()["data"]
        assert error in data["errors"][0]
        assert all(not group["result"] for group in data["groups"])
        assert (await get(client, DOCUMENTS)) == []


async def test_an_import_tells_of_groups_that_are_there_twice(tmp_path: Path) -> None:
    """A file that is in force already goes on, so that its alerts would come from both."""
    (tmp_path / "r.yml").write_text(FILE)
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "r.yml")]) as client:
        await until(client, "/api/v1/rules", lambda data: data["groups"])
        (note, _) = (await client.post(IMPORT, json={"text": FILE, "dry_run": True})).json()["data"]["notes"]
        assert str(tmp_path / "r.yml") in note


async def test_a_reload_reads_rule_files_and_tells_what_is_wrong_with_them(tmp_path: Path) -> None:
    """At once, with file and line of each error; good files are in force, of wrong ones what they said before."""
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text("groups: [{name: g, rules: [{alert: A, expr: m}]}]")
    flags = {"rules__files": [str(tmp_path / "*.yml")], "rules__watch_interval": "1h"}
    async with serving(tmp_path / "data", **flags) as client:
        await until(client, "/api/v1/rules", lambda data: names(data) == ["A"])
        good.write_text("groups: [{name: g, rules: [{alert: A, expr: m}, {alert: B, expr: m}]}]")
        bad.write_text("groups:\n- name: h\n  rules:\n  - {alert: C, expr: m +}\n  - {alert: D}\n")
        answer = await client.post("/-/reload")
        assert answer.status_code == 400
        assert f"{bad}: line 4" in answer.json()["error"]
        assert f"{bad}: line 5" in answer.json()["error"]
        assert names(await get(client, "/api/v1/rules")) == ["A", "B"]
        bad.write_text("groups: [{name: h, rules: [{alert: C, expr: m}]}]")
        assert (await client.post("/-/reload")).status_code == 200
        assert sorted(names(await get(client, "/api/v1/rules"))) == ["A", "B", "C"]
        bad.write_text("groups: nope")
        assert (await client.post("/-/reload")).status_code == 400
        bad.unlink()
        assert (await client.post("/-/reload")).status_code == 200
        assert names(await get(client, "/api/v1/rules")) == ["A", "B"]


async def _firing(client: httpx.AsyncClient) -> None:
    await push(client, "m 9\n")
    spec = {"interval": "1s", "rules": [{"alert": "A", "expr": "m > 5"}]}
    made = await client.post(DOCUMENTS, json={"name": "mine", "spec": spec, "id": "mine"})
    assert made.status_code == 201, made.text
    await until(client, "/api/v1/alerting/alerts", lambda data: data)


async def test_the_end_of_the_last_group_is_told_at_once(tmp_path: Path) -> None:
    """Though nothing is evaluated any more with which it could be told."""
    async with serving(tmp_path) as client:
        await _firing(client)
        assert (await client.delete(f"{DOCUMENTS}/mine", headers={"If-Match": '"1"'})).status_code == 200
        await until(client, "/api/v1/alerting/alerts", lambda data: not data)
        assert (await get(client, "/api/v1/rules"))["groups"] == []


async def test_the_end_of_the_last_rule_is_told_at_once(tmp_path: Path) -> None:
    """A group without rules has nothing to evaluate either."""
    async with serving(tmp_path) as client:
        await _firing(client)
        empty = {"name": "mine", "spec": {"interval": "1h", "rules": []}}
        changed = await client.put(f"{DOCUMENTS}/mine", json=empty, headers={"If-Match": '"1"'})
        assert changed.status_code == 200
        await until(client, "/api/v1/alerting/alerts", lambda data: not data)


async def test_alerts_are_listed_each_with_its_own(tmp_path: Path) -> None:
    """Many alerts of one rule have their own labels, texts and values, in Go's notation."""
    values = {"a": 9.0, "b": 12345.678, "c": 1e300, "d": math.inf, "e": 0.00012, "f": -7.0, "g": 9.0, "h": 1e-7}
    shown = ["9e+00", "1.2345678e+04", "1e+300", "+Inf", "1.2e-04", "-7e+00", "9e+00", "1e-07"]
    rule = "{alert: A, expr: m != 1, keep_firing_for: 1h, annotations: {s: '{{ $labels.i }}'}}"
    (tmp_path / "r.yml").write_text(f"groups: [{{name: g, interval: 1s, rules: [{rule}]}}]")
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "r.yml")]) as client:
        await push(client, "".join(f'm{{i="{name}"}} {value!r}\n' for name, value in values.items()))
        found = (await until(client, "/api/v1/alerts", lambda data: len(data["alerts"]) == 8))["alerts"]
        by_name = {alert["labels"]["i"]: alert for alert in found}
        assert [by_name[name]["value"] for name in values] == shown
        assert all(alert["annotations"] == {"s": name} for name, alert in by_name.items())
        assert all("keepFiringSince" not in alert for alert in found)
        await push(client, 'm{i="a"} 1\n')
        kept = await until(
            client, "/api/v1/alerts", lambda data: [it for it in data["alerts"] if "keepFiringSince" in it]
        )
        assert [it["labels"]["i"] for it in kept["alerts"] if "keepFiringSince" in it] == ["a"]
        (rule_shown,) = (await get(client, "/api/v1/rules"))["groups"][0]["rules"]
        assert sorted(alert["labels"]["i"] for alert in rule_shown["alerts"]) == sorted(values)
