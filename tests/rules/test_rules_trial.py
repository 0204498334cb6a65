"""`vedette test rules` against promtool over a corpus of unit tests, and what only it can test."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from click.testing import CliRunner

from vedette.cli.check import rules as check_rules
from vedette.cli.test import rules as run_tests
from vedette.errors import BadData
from vedette.model.special import is_stale
from vedette.rules.book import PACKS
from vedette.rules.series_notation import parse_labels, parse_values
from vedette.rules.settings import PackName

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.test.yml"))
PACK_TESTS = sorted((Path(__file__).parent / "packs").glob("*.test.yml"))
_PLACE = re.compile(r"(?:alertname: (\S+)|expr: ['\"](.*)['\"]), time: (\S+),")


def ours(path: Path, *more: str) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(run_tests, [str(path), *more])
    return result.exit_code, result.output


@pytest.mark.peer
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name.removesuffix(".test.yml"))
def test_promtool_has_the_same_verdict(path: Path) -> None:
    """The same exit code, and the same expectations that are not met."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    run = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, check=False)
    code, output = ours(path)
    assert code == run.returncode
    theirs = [tuple(found) for found in _PLACE.findall(run.stdout + run.stderr)]
    assert [tuple(found) for found in _PLACE.findall(output)] == theirs


@pytest.mark.parametrize("path", PACK_TESTS, ids=lambda path: path.name.removesuffix(".test.yml"))
def test_the_rules_that_come_with_the_server_fire_when_they_should(path: Path) -> None:
    """Each of them, by what it watches; not by what is beside it."""
    code, output = ours(path)
    assert code == 0, output
    tested = set(re.findall(r"alertname: (\w+)", path.read_text()))
    files = (PACKS / path.name.removesuffix(".test.yml") / "rules").glob("*.yml")
    assert tested == set(re.findall(r"alert: (\w+)", "".join(file.read_text() for file in files)))


def test_every_set_of_rules_is_tested_and_can_be_switched_on() -> None:
    """The names of the setting are those of the folders."""
    found = {folder.parent.name for folder in PACKS.glob("*/rules")}
    assert found == {path.name.removesuffix(".test.yml") for path in PACK_TESTS}
    assert found == {"system", *get_args(PackName)}


def test_names_pick_tests(tmp_path: Path) -> None:
    """`--run` runs what has a match in its name."""
    (tmp_path / "r.yml").write_text("groups: [{name: g, rules: [{alert: A, expr: m > 0}]}]")
    expected = "alert_rule_test: [{eval_time: 0m, alertname: A, exp_alerts: [{exp_labels: {}}]}]"
    tests = f"- {{name: wrong, {expected}}}\n- {{name: right}}\n"
    path = tmp_path / "t.yml"
    path.write_text(f"rule_files: ['*.yml']\ntests:\n{tests}".replace("'*.yml'", "r.yml"))
    assert ours(path)[0] == 1
    assert ours(path, "--run", "right")[0] == 0


def test_limits_are_told(tmp_path: Path) -> None:
    """A rule that makes more than its group allows fails, and its alerts are forgotten."""
    (tmp_path / "r.yml").write_text("groups: [{name: g, limit: 1, rules: [{alert: A, expr: m > 0}]}]")
    path = tmp_path / "t.yml"
    path.write_text(
        "rule_files: [r.yml]\ntests: [{input_series: [{series: 'm{i=\"1\"}', values: '1x5'}, "
        "{series: 'm{i=\"2\"}', values: '0 0 1'}], alert_rule_test: [{eval_time: 3m, alertname: A}]}]"
    )
    code, output = ours(path)
    assert code == 1
    assert "rule: A, time: 2m, err: exceeded limit of 1 with 2 alerts" in output


def test_our_own_fields_are_tested_too(tmp_path: Path) -> None:
    """Cooldown holds an alert back, and what keeps it firing is a second condition."""
    (tmp_path / "r.yml").write_text(
        "groups: [{name: g, rules: [{alert: A, expr: m > 5, cooldown: 3m}, "
        "{alert: B, condition: {kind: threshold, query: m, op: '>', value: 5, recover: 2}}]}]"
    )
    path = tmp_path / "t.yml"
    alerts = "".join(
        f"    - {{eval_time: {minute}m, alertname: {name}, exp_alerts: {'[{exp_labels: {}}]' if fires else '[]'}}}\n"
        for name, pattern in (("A", "1100011"), ("B", "1111011"))
        for minute, fires in enumerate(map(int, pattern))
    )
    path.write_text(
        "rule_files: [r.yml]\ntests:\n  - input_series: [{series: m, values: '9 9 3 3 1 9 9'}]\n"
        f"    alert_rule_test:\n{alerts}"
    )
    # At 5m A's condition holds again, three minutes after it was resolved at 2m.
    assert ours(path) == (0, f"Unit Testing:  {path}\n  SUCCESS\n\n")


def test_files_that_are_missing_are_told(tmp_path: Path) -> None:
    """A pattern without files is a warning, a test file that is not there an error."""
    path = tmp_path / "t.yml"
    path.write_text("rule_files: [none-*.yml]\n")
    code, output = ours(path)
    assert (code, "no file matches none-*.yml" in output) == (0, True)
    assert ours(tmp_path / "nope.yml")[0] == 1


def test_check_names_places(tmp_path: Path) -> None:
    """Exit code 3, the file and the line; good files are counted."""
    bad, good = tmp_path / "bad.yml", tmp_path / "good.yml"
    bad.write_text("groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'up =='}\n")
    good.write_text("groups: [{name: g, rules: [{alert: A, expr: up}, {alert: A, expr: up}]}]")
    result = CliRunner().invoke(check_rules, [str(bad), str(good)])
    assert result.exit_code == 3
    assert f"{bad}: line 4: rule: could not parse expression" in result.output
    assert "SUCCESS: 2 rules found" in result.output
    assert "alert A{} is there more than once" in result.output


def test_series_notation() -> None:
    """promtool's shorthand for values: steps, repeats, holes and ends."""
    values, there = parse_values("1+2x2 _x2 -5 stale 0x1 NaN inf 1e3-1x1")
    assert there.tolist() == [True] * 3 + [False] * 2 + [True] * 8
    assert values[:3].tolist() == [1, 3, 5]
    assert is_stale(values).tolist().index(True) == 6
    assert values[7:9].tolist() == [0, 0]
    assert np.isnan(values[9])
    assert values[10:].tolist() == [np.inf, 1000, 999]
    assert str(parse_labels('a{b="c"}')) == 'a{b="c"}'
    assert len(parse_labels("{}")) == 0


@pytest.mark.parametrize("text", ["1x", "x3", "1+1", "three", "1x99999999999", "{{sum:1}}"])
def test_bad_values(text: str) -> None:
    """What is no value is refused, and no text makes endlessly many."""
    with pytest.raises(BadData):
        parse_values(text)
