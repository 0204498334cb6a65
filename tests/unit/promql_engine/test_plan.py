"""Plans print themselves, and rewrites change what they cost but not what they mean."""

from __future__ import annotations

import pytest
from tests.unit.promql_engine.data import cells, context, instant, over, store

from vedette.errors import QuerySyntax
from vedette.promql import plan
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.promql.planner import to_plan
from vedette.promql.rewrites import rewrite
from vedette.storage.memory import MemoryStorage


def planned(text: str) -> plan.Plan:
    """The plan after all rewrites."""
    return rewrite(to_plan(parse(text)))


def test_plan_prints_as_a_tree() -> None:
    """A line a node, inputs indented below it."""
    assert planned("sum by (job) (rate(a_total{x='1'}[5m] offset 1m)) > 2 * 3").print().splitlines() == [
        "WithScalar >",
        "  Aggregation sum by (job)",
        "    Window rate",
        '      SelectRange [5m] {x="1", __name__="a_total"} offset 1m',
        "  Constant 6",
    ]


@pytest.mark.parametrize(
    ("text", "hoisted"),
    [
        ("a @ 10", True),
        ("rate(a[5m] @ end())", True),
        ("sum(a @ 10) + sum(b @ start())", True),
        ("a", False),
        ("timestamp(a @ 10)", True),
        ("vector(time())", False),
        ("predict_linear(a[5m] @ 10, 60)", False),
        ("sum_over_time(a[5m:1m] @ 10)", True),
        ("max_over_time((a @ 10)[5m:1m])", False),
    ],
)
def test_only_what_does_not_depend_on_the_step_is_hoisted(text: str, hoisted: bool) -> None:
    """`@` fixes the samples; functions of the evaluation time still vary."""
    assert isinstance(planned(text), plan.Hoisted) is hoisted


def test_invariant_part_of_a_subquery_is_hoisted_within_it() -> None:
    """A subquery has steps of its own, so it is looked into."""
    node = planned("max_over_time((a @ 10 + b)[5m:1m])")
    assert "Hoisted" in node.print()


def test_constants_are_folded() -> None:
    """Arithmetic of numbers is done once, while planning."""
    assert planned("1 + 2 * 3 - -4") == plan.Constant(11)


def test_equal_subtrees_are_shared() -> None:
    """Where the text stands does not matter, what it says does."""
    text = planned("rate(a[5m]) / on(x) group_left rate(a[5m])").print()
    assert text.count("Shared") == 2
    assert "Shared" not in planned("rate(a[5m]) / rate(a[6m])").print()


def test_shared_subtree_is_read_once() -> None:
    """The store is asked once for what occurs twice."""
    storage = store({"a": [1, 2, 3]})
    asked = []

    class Counting(MemoryStorage):
        def select(self, *args, **kwargs):  # type: ignore[no-untyped-def]  # passes through
            asked.append(args)
            return storage.select(*args, **kwargs)

    result = Engine(Counting()).range(parse("a + a"), 0, 120_000, 60_000, context())
    assert cells(result) == {"{}": [2.0, 4.0, 6.0]}
    assert len(asked) == 1


def test_hoisted_value_appears_at_every_step() -> None:
    """`@` gives the same value at all steps of a range."""
    storage = store({"a": [1, 2, 3, 4]})
    assert cells(over(storage, "a @ 120", 180_000)) == {"a": [3.0] * 4}
    assert cells(over(storage, "a @ end() - a", 180_000)) == {"{}": [3.0, 2.0, 1.0, 0.0]}


def test_instant_selector_asks_for_the_newest_sample_only() -> None:
    """The hint lets a store skip all older samples; a range does not give it."""
    hints = []

    class Watching(MemoryStorage):
        def select(self, project, matchers, time_range, hints_=None):  # type: ignore[no-untyped-def]  # passes through
            hints.append(hints_)
            return super().select(project, matchers, time_range, hints_)

    engine = Engine(Watching())
    engine.instant(parse("a offset 1m"), 600_000, context())
    engine.range(parse("a"), 0, 600_000, 60_000, context())
    assert [each.latest_at_ms for each in hints] == [540_000, None]


def test_modifiers_are_refused_where_they_make_no_sense() -> None:
    """Functions that cannot look beyond their range say which can."""
    with pytest.raises(QuerySyntax, match="can only be used with: changes, delta, increase, rate, resets") as caught:
        instant(store({}), "sum_over_time(a[5m] anchored)")
    assert (caught.value.start, caught.value.end) == (14, 28)


def test_anchored_and_smoothed_look_beyond_the_range() -> None:
    """Anchored begins with the sample before the range, smoothed interpolates at both borders."""
    storage = store({"a_total": [0, 60, 120, 180, 240]})
    at = 150_000
    assert cells(instant(storage, "increase(a_total[90s] anchored)", at)) == {"{}": [60.0]}
    assert cells(instant(storage, "increase(a_total[90s] smoothed)", at)) == {"{}": [90.0]}
    assert cells(instant(storage, "a_total smoothed", at)) == {"a_total": [150.0]}
