"""Dashboards and rules of exporters ask for what those exporters tell, as pages of real ones had it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from vedette.dashboards.templates import PACKS, load_templates
from vedette.model.labels import METRIC_NAME
from vedette.model.matcher import MatchOp
from vedette.promql import ast
from vedette.promql.parser import parse

EXPORTERS = Path(__file__).parents[2] / "golden" / "exporters"
"""A line for each metric of Debian 12's exporter: its name and its labels; postgres_exporter with the queries of its
documentation for tables and replication."""
ADDED = {"instance", "job"}
"""By whoever scrapes."""
ELSEWHERE = {
    "pg_replication_lag_seconds": "postgres_exporter from 0.12 on; pg_replication_lag before",
    "redis_master_link_up": "replicas only",
}

Question = tuple[str, str, str]
"""Where it stands, PromQL, legend."""


def told_by(name: str) -> dict[str, set[str]]:
    """Labels by metric."""
    lines = (EXPORTERS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {metric: set(labels) for metric, *labels in map(str.split, lines)}


def questions(name: str) -> Iterator[Question]:
    """All of a pack."""
    for widget in load_templates()[name].spec["widgets"]:
        for query in widget["queries"]:
            yield widget["title"], query["text"].replace("$__rate_interval", "5m"), query.get("legend", "")
    for path in (PACKS / name / "rules").glob("*.yml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from ((rule["alert"], rule["expr"], "") for rule in group["rules"])


def parts(expr: ast.Expr) -> Iterator[ast.Expr]:
    """An expression and all that is in it."""
    yield expr
    for child in ast.children(expr):
        yield from parts(child)


def mistakes(told: dict[str, set[str]], promql: str, legend: str) -> Iterator[str]:
    """What of a question the exporter does not tell."""
    found: set[str] = set()
    by: set[str] = set(re.findall(r"\{\{(\w+)\}\}", legend))
    for part in parts(parse(promql)):
        if isinstance(part, ast.Aggregate) and not part.without:
            by |= set(part.grouping)
        if not isinstance(part, ast.VectorSelector):
            continue
        named = next(matcher for matcher in part.matchers if matcher.name == METRIC_NAME)
        if named.op is MatchOp.EQUAL and named.value in ELSEWHERE:
            continue
        metrics = [metric for metric in told if named.matches(metric)]
        if not metrics:
            yield f"no metric {named.value}"
        labels = set().union(*(told[metric] for metric in metrics)) | ADDED
        found |= labels
        yield from (
            f"{named.value} has no label {m.name}" for m in part.matchers if m.name not in {*labels, METRIC_NAME}
        )
    yield from (f"nothing has a label {label}" for label in by - found - ADDED)


@pytest.mark.parametrize("name", sorted(path.stem for path in EXPORTERS.glob("*.txt")))
def test_what_is_asked_is_told(name: str) -> None:
    """Every metric and label of every question of a pack is on the page of its exporter."""
    told = told_by(name)
    asked = list(questions(name))
    assert len(asked) > 15
    wrong = {title: found for title, promql, legend in asked if (found := list(mistakes(told, promql, legend)))}
    assert wrong == {}


def test_a_wrong_name_is_seen() -> None:
    """A metric, a matcher, a grouping or a legend that the exporter does not have."""
    told = {"redis_db_keys": {"db"}}
    assert list(mistakes(told, 'sum by (db) (redis_db_keys{instance=~"$instance"})', "{{db}}")) == []
    assert list(mistakes(told, "redis_db_key", "")) == ["no metric redis_db_key"]
    assert list(mistakes(told, 'redis_db_keys{cmd="get"}', "")) == ["redis_db_keys has no label cmd"]
    assert list(mistakes(told, "sum by (cmd) (redis_db_keys)", "{{db}}")) == ["nothing has a label cmd"]
    assert list(mistakes(told, "redis_db_keys", "{{cmd}}")) == ["nothing has a label cmd"]
