"""Which rules watch what a chart shows, and which of their thresholds belong on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.rules.serving import get, names, serving, until

from vedette.promql.parser import parse
from vedette.rules.compiled import Defaults
from vedette.rules.file import parse_rules
from vedette.rules.group import GroupState
from vedette.rules.reads import selectors_of
from vedette.rules.watching import Watchers, Watching, may_share, shape_of


def watching(rule: str, query: str) -> list[Watching]:
    """What of one rule with this expression a query has."""
    text = f"groups: [{{name: g, rules: [{{alert: A, expr: {rule!r}}}, {{record: r, expr: m}}]}}]"
    (group,) = parse_rules(text, Defaults()).groups
    return Watchers().of([GroupState(group)], parse(query))


def test_many_rules_are_found_as_one_by_one() -> None:
    """Among others, in their order, whether rule or query names a metric or not."""
    exprs = ["m > 5", "n > 5", "up == 0 or m > 1", '{job="a"} > 1', '{__name__=~"m|k"} > 5', "m{i='1'} > 5", "1 > 0"]
    rules = ", ".join(f"{{alert: A{at}, expr: {expr!r}}}" for at, expr in enumerate(exprs))
    (group,) = parse_rules(f"groups: [{{name: g, rules: [{rules}]}}]", Defaults()).groups
    watchers, state = Watchers(), GroupState(group)
    for query in ("m", "rate(n[1m])", "k", "m - n", '{job="a"}', '{__name__=~"n|k"}', 'm{i="2"}', "1"):
        alone = [f"A{at}" for at, expr in enumerate(exprs) if watching(expr, query)]
        assert [one.state.rule.name for one in watchers.of([state], parse(query))] == alone


def limits(rule: str, query: str) -> list[tuple[str, float]] | None:
    """The thresholds of a rule on the chart of a query; None where it does not watch it."""
    found = watching(rule, query)
    return [(one.op, one.value) for one in found[0].limits] if found else None


@pytest.mark.parametrize(
    ("rule", "query", "shared"),
    [
        ("m > 5", "rate(m[5m])", True),
        ("m > 5", "n", False),
        ('m{job="a"} > 5', 'm{job="a", i="1"}', True),
        ('m{job="a"} > 5', 'm{job="b"}', False),
        ('m{job="a"} > 5', 'm{job=~"a|b"}', True),
        ('m{job="c"} > 5', 'm{job=~"a|b"}', False),
        ('m{job="a"} > 5', 'm{job!="a"}', False),
        ('{__name__=~"m|n"} > 5', "n", True),
        ("absent(m)", "sum(m)", True),
        ("a / b > 1", "b", True),
    ],
)
def test_a_rule_watches_what_may_be_of_the_same_series(rule: str, query: str, shared: bool) -> None:
    """It reads a metric of the query, and no label is one thing here and another there; recording rules warn nobody."""
    assert bool(watching(rule, query)) is shared
    for one in selectors_of(parse(rule)):
        for other in selectors_of(parse(query)):
            assert may_share(one, other) == may_share(other, one)


@pytest.mark.parametrize(
    ("rule", "query", "expected"),
    [
        ("m > 5", "m", [(">", 5.0)]),
        ("5 < m", "(m)", [(">", 5.0)]),
        ("-5 >= m", "m", [("<=", -5.0)]),
        ("m > 5 and m < 9", "m", [(">", 5.0), ("<", 9.0)]),
        ("m > 5 or n > 1", "n", [(">", 1.0)]),
        ("m > 5 unless n > 1", "n", []),
        ("m > bool 5", "m", []),
        ("m > +Inf", "m", []),
        ("m > n", "m", []),
        ('m{job="a"} > 5', "m", [(">", 5.0)]),
        ("rate(m[5m]) > 5", "rate(m[1m])", [(">", 5.0)]),
        ("increase(m[5m]) > 5", "increase(m[1m])", []),
        ("increase(m[5m]) > 5", "increase(m[5m])", [(">", 5.0)]),
        ("rate(m[5m]) > 5", "m", []),
        ("m > 5", "topk(3, m)", [(">", 5.0)]),
        ("m > 5", "sort_desc(m > 1)", [(">", 5.0)]),
        ("m > 5", "m offset 1h", []),
        ("sum by (a) (m) > 5", "sum by (a) (m)", [(">", 5.0)]),
        ("sum by (a) (m) > 5", "sum(m)", []),
        ('sum by (a) (m{a="x"}) > 5', "sum by (a) (m)", [(">", 5.0)]),
        ('sum by (a) (m{code="500"}) > 5', "sum by (a) (m)", []),
        ('sum without (code) (m{code="500"}) > 5', "sum without (code) (m)", []),
        ('sum without (code) (m{a="x"}) > 5', "sum without (code) (m)", [(">", 5.0)]),
        ("100 * (1 - avg(m)) > 90", "100*(1-avg(m))", [(">", 90.0)]),
        ("max_over_time(rate(m[1m])[1h:]) > 5", "max_over_time(rate(m[5m])[2h:])", [(">", 5.0)]),
    ],
)
def test_a_threshold_is_of_the_chart_that_shows_what_is_compared(
    rule: str, query: str, expected: list[tuple[str, float]]
) -> None:
    """A line of another quantity, or of a sum of something else, would say what is not so."""
    assert limits(rule, query) == expected


def test_what_a_group_reads_is_found_once() -> None:
    """And forgotten with the group."""
    (group,) = parse_rules("groups: [{name: g, rules: [{alert: A, expr: m > 5}]}]", Defaults()).groups
    watchers, state = Watchers(), GroupState(group)
    (first,), (second,) = watchers.of([state], parse("m")), watchers.of([state], parse("m"))
    assert first.limits[0] is second.limits[0]
    assert shape_of(parse("(m)")) == shape_of(parse("m"))


async def test_the_page_asks_for_all_its_charts_at_once(tmp_path: Path) -> None:
    """Each query has its rules; what cannot be read has none."""
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: g, rules: [{alert: A, expr: m > 5, severity: high}, {alert: B, expr: absent(m)}]}]"
    )
    async with serving(tmp_path / "data", rules__files=[str(tmp_path / "rules.yml")]) as client:
        await until(client, "/api/v1/rules", lambda data: names(data) == ["A", "B"])
        answer = await client.post("/api/v1/rules/watching", json={"queries": ["m", "n", "m >"]})
        assert answer.status_code == 200, answer.text
        (first, second), *rest = answer.json()["data"]
        assert (first["name"], first["severity"], first["limits"]) == ("A", "high", [{"op": ">", "value": 5.0}])
        assert (second["name"], second["severity"], second["limits"]) == ("B", "", [])
        assert rest == [[], []]
        keys = [rule["key"] for group in (await get(client, "/api/v1/rules"))["groups"] for rule in group["rules"]]
        assert [first["rule"], second["rule"]] == keys
        assert (await client.post("/api/v1/rules/watching", json={"queries": ["m"] * 201})).status_code == 400
