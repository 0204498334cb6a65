"""An `alertmanager.yml` is taken over, with an honest account; amtool judges the same files alike."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from tests.alerting.test_notification_routes import data, post
from tests.unit.test_settings_take_effect import serving

from vedette.alerting.alertmanager_file import Read, read_alertmanager
from vedette.cli.main import verb
from vedette.server.notification_templates import NotificationTemplates

WHOLE = """
global:
  resolve_timeout: 5m
  slack_api_url: https://hooks.slack.com/services/T/B/s3cret
  smtp_smarthost: mail.example.org:587
  smtp_from: alerts@example.org
  smtp_auth_username: alerts
  smtp_auth_password: s3cret
route:
  receiver: team
  group_by: [alertname, cluster]
  group_wait: 10s
  routes:
    - matchers: ['severity="critical"', team=~"db|store"]
      receiver: pager
      continue: true
      group_by: ['...']
      mute_time_intervals: [weekends]
    - match: {service: files}
      match_re: {owner: team-X|team-Y}
      active_time_intervals: [hours]
      repeat_interval: 1h
receivers:
  - name: team
    slack_configs:
      - channel: '#x'
        title: '{{ .CommonLabels.alertname }}'
        text: '{{ template "slack.default.text" . }}'
    email_configs:
      - to: 'a@example.org, b@example.org'
        headers: {Subject: 'S {{ .Status }}'}
  - name: pager
    pagerduty_configs: [{routing_key: s3cret}]
    webhook_configs:
      - url: http://hook.example.org/
        http_config: {basic_auth: {username: u, password: s3cret}}
  - name: elsewhere
    opsgenie_configs: [{api_key: x}]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity=~"warning|info"]
    equal: [alertname]
  - source_match: {a: b}
    target_match_re: {c: d.*}
time_intervals:
  - name: weekends
    time_intervals: [{weekdays: ['saturday', 'sunday'], location: Europe/Berlin}]
  - name: hours
    time_intervals:
      - times: [{start_time: '09:00', end_time: '17:00'}]
        days_of_month: ['1:5', '-3:-1']
        months: ['january:3']
"""
WRONG = {
    "nothing": "route: {}\n",
    "no receiver": "route: {receiver: x}\nreceivers: [{name: y}]\n",
    "matchers at the root": "route: {receiver: x, matchers: [a=b]}\nreceivers: [{name: x}]\n",
    "twice": "route: {receiver: x}\nreceivers: [{name: x}, {name: x}]\n",
    "unknown key": "route: {receiver: x, nope: 1}\nreceivers: [{name: x}]\n",
    "bad regex": "route: {receiver: x, routes: [{matchers: ['a=~\"(\"']}]}\nreceivers: [{name: x}]\n",
    "bad time": "route: {receiver: x}\nreceivers: [{name: x}]\ntime_intervals:\n"
    "  - {name: t, time_intervals: [{times: [{start_time: '25:00', end_time: '26:00'}]}]}\n",
    "no such interval": "route: {receiver: x, routes: [{mute_time_intervals: [t]}]}\nreceivers: [{name: x}]\n",
    "zero interval": "route: {receiver: x, group_interval: 0s}\nreceivers: [{name: x}]\n",
    "slack without url": "route: {receiver: x}\nreceivers: [{name: x, slack_configs: [{channel: c}]}]\n",
    "pagerduty without key": "route: {receiver: x}\nreceivers: [{name: x, pagerduty_configs: [{}]}]\n",
}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A whole server."""
    async with serving(tmp_path) as it:
        yield it


def read(text: str) -> Read:
    """What it becomes."""
    return read_alertmanager(text, NotificationTemplates())


def test_a_whole_file_is_taken_over() -> None:
    """Routes, receivers, inhibition and times; what is different is told with its line."""
    found = read(WHOLE)
    assert found.errors == ()
    by_name = {(it.kind, it.name): it.spec for it in found.documents}
    route = by_name["alert_route", "alertmanager.yml"]
    assert (route["group_wait_ms"], route["group_interval_ms"]) == (10_000, 300_000)
    first, second = route["routes"]
    assert first["matchers"] == [
        {"label": "severity", "value": "critical"},
        {"label": "team", "value": "db|store", "op": "=~"},
    ]
    assert (first["continue"], first["group_by"], first["mute_timings"]) == (True, ["..."], ["weekends"])
    assert [it["label"] for it in second["matchers"]] == ["service", "owner"]
    slack, mail = by_name["contact_point", "team"]["integrations"]
    assert slack["options"] == {
        "webhook_url": "https://hooks.slack.com/services/T/B/s3cret",
        "title": "{{ .CommonLabels.alertname }}",
    }
    assert (slack["send_resolved"], mail["options"]["to"]) == (False, ["a@example.org", "b@example.org"])
    assert mail["options"]["subject"] == "S {{ .Status }}"
    assert by_name["contact_point", "pager"]["integrations"][1]["options"]["authorization"] == "Basic dTpzM2NyZXQ="
    assert by_name["contact_point", "elsewhere"]["integrations"] == [{"type": "in_dashboard", "options": {}}]
    assert by_name["mute_timing", "hours"]["intervals"][0]["days_of_month"] == ["1:5", "-3:-1"]
    assert len([key for key in by_name if key[0] == "inhibit_rule"]) == 2
    notes = "\n".join(found.notes)
    for words in ("resolve_timeout", "opsgenie_configs", "named templates", "channel has no effect"):
        assert words in notes
    assert all(note.startswith("line ") for note in found.notes)


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_wrong_files_are_told_with_the_line(text: str) -> None:
    """As amtool refuses them, and nothing would be written."""
    found = read(text)
    assert found.errors
    assert all(error.startswith("line ") for error in found.errors)


@pytest.mark.parametrize("text", [WHOLE, *WRONG.values()], ids=["whole", *WRONG])
def test_amtool_says_the_same(tmp_path: Path, text: str) -> None:
    """Alertmanager's own checker and ours agree on what is a configuration."""
    amtool = shutil.which("amtool")
    if amtool is None:
        pytest.skip("amtool is not installed: make peers")
    path = tmp_path / "alertmanager.yml"
    path.write_text(text)
    done = subprocess.run([amtool, "check-config", str(path)], capture_output=True, text=True, timeout=60)
    ours = CliRunner().invoke(verb("check"), ["alertmanager", str(path)])
    assert (done.returncode == 0) == (ours.exit_code == 0), done.stderr + ours.output


async def test_an_import_makes_documents(client: httpx.AsyncClient) -> None:
    """First only told, then written; again, each gets a new version. Secrets are in no answer."""
    told = await post(client, "/import", {"text": WHOLE, "dry_run": True})
    assert {it["result"] for it in told["documents"]} == {""}
    for result in ("created", "updated"):
        done = await post(client, "/import", {"text": WHOLE})
        assert {it["result"] for it in done["documents"]} == {result}
        assert "s3cret" not in str(done)
    refused = await post(client, "/import", {"text": WRONG["no receiver"]})
    assert (refused["errors"] != [], {it["result"] for it in refused["documents"]}) == (True, {""})
    assert "YAML" in await post(client, "/import", {"text": "a: ["}, 400)
    hit = await post(client, "/routes/test", {"labels": {"severity": "critical", "team": "db"}})
    assert [it["receiver"] for it in hit["hits"]] == ["pager"]
    assert await data(client, "/notifications") == []
