"""A rule group as a document: what a Prometheus rule file says of one, and what forms add to it."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Union

from msgspec import Meta, Struct, field

MAX_RULES: Final = 2_000
"""Rules of one group that is a document."""
SEVERITIES: Final = ("low", "medium", "high", "critical")
Text = Annotated[str, Meta(max_length=20_000)]
Name = Annotated[str, Meta(max_length=200)]
Duration = Annotated[str, Meta(max_length=40)]
"""As Prometheus writes them; empty: the default."""
Severity = Literal["", "low", "medium", "high", "critical"]
Comparison = Literal[">", ">=", "<", "<=", "==", "!="]
Direction = Literal["up", "down", "both"]
Grouping = Annotated[tuple[Name, ...], Meta(max_length=20)]


class Threshold(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="threshold"):
    """A query against a number. Once it fires it goes on until `recover` is passed, too."""

    query: Text
    op: Comparison
    value: float
    recover: float | None = None


class Compare(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="compare"):
    """Two queries against each other: left, op, `factor` times right; `on`: the labels that pair their series."""

    left: Text
    op: Comparison
    right: Text
    factor: float = 1.0
    on: Grouping | None = None


class Change(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="change"):
    """How far a query is from what it was `over` ago, in its own unit or in percent of what it was."""

    query: Text
    over: Duration
    by: float
    unit: Literal["percent", "absolute"] = "percent"
    direction: Direction = "both"


class Absence(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="absence"):
    """A selector that finds nothing; with `over`: nothing for that long."""

    query: Text
    over: Duration = ""


class Anomaly(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="anomaly"):
    """How many deviations a query is from what is usual.

    zscore: from the mean of the last `window` points, `step` apart. mad: from their median, in median absolute
    deviations, which single outliers do not move. seasonal: from the mean of the same time of the `seasons` before,
    each `season` long, looked at over `window` points.
    """

    query: Text
    method: Literal["zscore", "mad", "seasonal"] = "zscore"
    threshold: Annotated[float, Meta(gt=0)] = 3.0
    window: Annotated[int, Meta(ge=2, le=10_000)] = 100
    step: Duration = "1m"
    direction: Direction = "both"
    season: Duration = "1d"
    seasons: Annotated[int, Meta(ge=1, le=8)] = 3


class Both(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="and"):
    """All of several conditions; those within `not` must not hold. `on`: the labels that pair their series."""

    of: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=20)]
    on: Grouping | None = None


class Either(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="or"):
    """Any of several conditions."""

    of: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=20)]
    on: Grouping | None = None


class Not(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="not"):
    """Within `and`: what must not hold."""

    of: Condition


class Promql(Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="promql"):
    """A condition in its own words, as part of another."""

    query: Text


Condition = Union[Threshold, Compare, Change, Absence, Anomaly, Both, Either, Not, Promql]  # noqa: UP007 - it names itself


class Rule(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, rename={"for_": "for"}):
    """A recording rule (`record`) or an alerting rule (`alert`); what it asks is `expr` or `condition`."""

    record: Name = ""
    alert: Name = ""
    expr: Text = ""
    condition: Condition | None = None
    for_: Duration = ""
    keep_firing_for: Duration = ""
    keep_firing_while: Text = ""
    """Once it fires, an alert goes on while this expression yields a series with the same labels, too."""
    cooldown: Duration = ""
    """How long after it was resolved an alert stays pending before it fires again."""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    severity: Severity = ""
    """Becomes the label `severity`."""
    tags: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    owner: Name = ""
    """Becomes the label `owner`."""
    runbook: Annotated[str, Meta(max_length=2_000)] = ""
    """Becomes the annotation `runbook_url`."""
    enabled: bool = True
    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
    """What the rule is known by while its name and place change; empty: its name."""


class RuleGroup(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Rules that are evaluated in order at the same moments. The document's name is the group's."""

    rules: Annotated[tuple[Rule, ...], Meta(max_length=MAX_RULES)] = ()
    interval: Duration = ""
    query_offset: Duration = ""
    limit: Annotated[int, Meta(ge=0, le=10**9)] = 0
    """Most series or alerts of one rule; 0: no limit."""
    labels: dict[str, str] = field(default_factory=dict)
    """For all rules of the group; a rule's own win."""
    enabled: bool = True
    tags: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    description: Annotated[str, Meta(max_length=10_000)] = ""
