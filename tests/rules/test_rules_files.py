"""Rule files and documents: what is one, and what is said of what is none; promtool is asked the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from vedette.errors import BadData
from vedette.promql.parser import parse
from vedette.rules.check import check_group
from vedette.rules.compiled import Defaults
from vedette.rules.file import RuleFile, parse_rules, read_rule_file
from vedette.rules.service import compiled_rule

FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "files").glob("*.yml"))
PACK = Path(__file__).parents[2] / "src/vedette/packs/system/rules"


def parsed(text: str) -> RuleFile:
    """A file of this text."""
    return parse_rules(text, Defaults())


def is_good(path: Path) -> bool:
    """Our verdict."""
    try:
        return not read_rule_file(path, Defaults()).findings
    except BadData:
        return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_verdicts(path: Path) -> None:
    """A file is good or bad as its name says."""
    assert is_good(path) == path.name.startswith("good")


@pytest.mark.peer
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_promtool_has_the_same_verdicts(path: Path) -> None:
    """What promtool takes is taken, and what it refuses is refused."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    run = subprocess.run([promtool, "check", "rules", str(path)], capture_output=True, check=False)
    assert (run.returncode == 0) == is_good(path)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == \n", 5, "could not parse expression"),
        ("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    label: {}\n", 6, "did you mean labels?"),
        ("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    for: 5x\n", 6, "not a valid duration"),
        ("groups:\n- name: g\n- name: g\n", 3, "repeated"),
        ("groups:\n- name: g\n  rules:\n  - expr: up\n", 4, "one of 'record' and 'alert' must be set"),
        (
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n      s: '{{ $x }}'\n",
            6,
            "undefined variable",
        ),
        ("groups:\n- name: g\n  rules:\n  - alert: A\n    condition: {kind: nope}\n", 5, "condition"),
        (
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    severity: awful\n",
            6,
            "severity must be one of",
        ),
    ],
)
def test_complaints_name_their_line(text: str, line: int, message: str) -> None:
    """Whoever has made a mistake is told where."""
    finding = parsed(text).findings[0]
    assert (finding.line, message in finding.message) == (line, True), str(finding)


def test_what_forms_add_stands_in_files_too() -> None:
    """Severity, owner, runbook and cooldown become labels, an annotation and timing."""
    text = """
groups:
- name: g
  interval: 30s
  query_offset: 1m
  labels: {team: a, severity: low}
  rules:
  - {alert: A, expr: up == 0, severity: high, owner: 'a {{b}}', runbook: 'https://x/{{ $labels.job }}',
     cooldown: 5m, tags: [t]}
  - {alert: B, expr: up, enabled: false}
"""
    group = parsed(text).groups[0]
    assert (group.interval_ms, group.query_offset_ms) == (30_000, 60_000)
    assert [rule.name for rule in group.rules] == ["A"]
    rule = group.rules[0]
    made = {name: template.source for name, template in rule.labels}
    assert made == {"team": "a", "severity": "high", "owner": 'a {{"{{"}}b}}'}
    assert dict(rule.annotations)["runbook_url"].source == "https://x/{{ $labels.job }}"
    assert rule.cooldown_ms == 300_000
    # As a document the same is said in the same words.
    check_group(msgspec.to_builtins(group.source))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"rules": [{"alert": "A", "expr": "up ="}]}, "rules[0].expr: could not parse"),
        ({"rules": [{"alert": "A", "expr": "up[5m]"}]}, "rules[0].expr: rules need an instant vector"),
        ({"rules": [{"alert": "A"}]}, "rules[0].expr: field 'expr' must be set"),
        ({"rules": [{"alert": "A", "expr": "up", "nope": 1}]}, "nope"),
        ({"interval": "soon"}, "interval: not a valid duration"),
        ({"rules": [{"alert": "A", "expr": "up", "condition": {"kind": "absence", "query": "x"}}]}, "either expr or"),
        (
            {"rules": [{"alert": "A", "condition": {"kind": "threshold", "query": "x +", "op": ">", "value": 1}}]},
            "query",
        ),
        ({"rules": [{"record": "a", "expr": "up", "cooldown": "5m"}]}, "rules[0].cooldown: invalid field"),
        ({"rules": "x"}, "rules: Expected `array`"),
    ],
)
def test_documents_name_their_field(spec: dict[str, Any], message: str) -> None:
    """What is wrong with a document is said with the path of the field."""
    with pytest.raises(BadData) as raised:
        check_group(spec)
    assert message in raised.value.message


THRESHOLD = {"kind": "threshold", "query": "cpu", "op": ">", "value": 90}


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (THRESHOLD, "(cpu) > 90"),
        (
            {"kind": "compare", "left": "a", "op": ">", "right": "b", "factor": 2, "on": ["job"]},
            "(a) > on (job) ((b) * 2)",
        ),
        (
            {"kind": "change", "query": "rate(x[5m])", "over": "1h", "by": 50},
            "abs(100 * ((rate(x[5m])) - (rate(x[5m] offset 1h))) / abs((rate(x[5m] offset 1h)) != 0)) > 50",
        ),
        (
            {"kind": "change", "query": "x", "over": "1h", "by": 5, "unit": "absolute", "direction": "down"},
            "((x) - (x offset 1h)) < -5",
        ),
        ({"kind": "absence", "query": 'up{job="a"}'}, 'absent(up{job="a"})'),
        ({"kind": "absence", "query": "sum(x)", "over": "5m"}, "absent_over_time((sum(x))[5m:])"),
        (
            {"kind": "anomaly", "query": "x"},
            "abs(((x) - avg_over_time((x)[1h40m:1m])) / (stddev_over_time((x)[1h40m:1m]) > 0)) > 3",
        ),
        (
            {"kind": "anomaly", "query": "x", "method": "mad", "direction": "up", "window": 10},
            "(((x) - quantile_over_time(0.5, (x)[10m:1m])) / ((mad_over_time((x)[10m:1m]) / 0.6745) > 0)) > 3",
        ),
        (
            {"kind": "and", "of": [THRESHOLD, {"kind": "not", "of": {"kind": "promql", "query": "mute"}}], "on": ["i"]},
            "(((cpu) > 90)) unless on (i) (mute)",
        ),
        ({"kind": "or", "of": [THRESHOLD, {"kind": "promql", "query": "b > 1"}]}, "((cpu) > 90) or (b > 1)"),
    ],
)
def test_conditions_become_promql(condition: dict[str, Any], text: str) -> None:
    """What a form says is what its query asks."""
    made = compiled_rule({"alert": "A", "condition": condition})
    assert made.text == text
    assert parse(made.text)


def test_seasonal_conditions_look_at_former_seasons() -> None:
    """The same time of each of the days before, and nothing of today."""
    condition = {"kind": "anomaly", "query": "x", "method": "seasonal", "season": "1w", "seasons": 2}
    text = compiled_rule({"alert": "A", "condition": condition}).text
    assert text.count("offset 1w") == 2
    assert text.count("offset 2w") == 2


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({**THRESHOLD, "recover": 95}, "not on the calm side"),
        ({**THRESHOLD, "op": "==", "recover": 95}, "no further side"),
        ({"kind": "not", "of": THRESHOLD}, "not stands within and"),
        ({"kind": "and", "of": [{"kind": "not", "of": THRESHOLD}]}, "something within and must hold"),
        ({"kind": "change", "query": "x @ 5", "over": "1h", "by": 1}, "cannot be moved in time"),
        ({"kind": "change", "query": "1", "over": "1h", "by": 1}, "expected series"),
        ({"kind": "compare", "left": "a", "op": ">", "right": "b", "on": ["a b"]}, "no name of a label"),
        ({"kind": "absence", "query": "x", "over": "0s"}, "more than zero"),
    ],
)
def test_conditions_that_make_no_sense(condition: dict[str, Any], message: str) -> None:
    """They are refused with the reason."""
    with pytest.raises(BadData, match=message):
        compiled_rule({"alert": "A", "condition": condition})


def test_recovery_is_a_second_threshold() -> None:
    """Once it fires, an alert goes on until the calmer value is passed."""
    made = compiled_rule({"alert": "A", "condition": {**THRESHOLD, "recover": 80}})
    assert made.keep_expr == parse("(cpu) > 80")


def test_nesting_is_bounded() -> None:
    """A document of conditions within conditions is refused, not a crash."""
    condition: dict[str, Any] = THRESHOLD
    for _ in range(30):
        condition = {"kind": "or", "of": [condition]}
    with pytest.raises(BadData, match="nested"):
        compiled_rule({"alert": "A", "condition": condition})


@pytest.mark.parametrize("path", sorted(PACK.glob("*.yml")), ids=lambda path: path.stem)
def test_the_system_set_is_right(path: Path) -> None:
    """Every rule that comes with the server can be used and says what it is about."""
    read = read_rule_file(path, Defaults())
    assert read.findings == ()
    assert [
        rule.name for group in read.groups for rule in group.rules if not dict(rule.annotations).get("summary")
    ] == []
    assert [rule.name for group in read.groups for rule in group.rules if "severity" not in dict(rule.labels)] == []
