"""Operations on rules and alerts."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.http.openapi import shapes
from vedette.http.openapi.operation import Content, Operation, Parameter, parameter
from vedette.http.routes.rules import (
    BacktestRequest,
    BacktestView,
    PeriodView,
    QueriesShown,
    RuleFileToImport,
    WatchingView,
)
from vedette.rules.file_import import RuleImport


class BacktestAnswer(msgspec.Struct):
    """What a rule would have done."""

    status: Literal["success"]
    data: BacktestView


class PeriodListAnswer(msgspec.Struct):
    """Newest first."""

    status: Literal["success"]
    data: list[PeriodView]


class WatchingAnswer(msgspec.Struct):
    """A list for each query, in their order."""

    status: Literal["success"]
    data: list[list[WatchingView]]


class RuleImportAnswer(msgspec.Struct):
    """What became of the file."""

    status: Literal["success"]
    data: RuleImport


RULES: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v1/rules"): Operation(
        "Rule groups that are in force, with their alerts",
        "rules",
        {200: Content("As Prometheus; `document` is the id of the group's document.", shape=shapes.AnyAnswer)},
        parameters=(
            parameter("type", "`alert` or `record`: only these."),
            parameter("rule_name[]", "Only rules of this name.", many=True),
            parameter("rule_group[]", "Only groups of this name.", many=True),
            parameter("file[]", "Only groups of this file.", many=True),
            parameter("match[]", "Only rules whose labels fit this selector.", many=True),
            parameter("exclude_alerts", "`true`: without the alerts."),
            parameter("source", "`true`: with every group as it was written, rules that are switched off included."),
            parameter("group_limit", "Groups of one page.", "integer"),
            parameter("group_next_token", "`groupNextToken` of the page before."),
        ),
        errors=(400,),
    ),
    ("GET", "/api/v1/alerts"): Operation(
        "Alerts that are pending or firing", "rules", {200: Content("As Prometheus.", shape=shapes.AnyAnswer)}
    ),
    ("GET", "/api/v1/alerts/history"): Operation(
        "When which alerts were pending and firing",
        "rules",
        {200: Content("Newest first.", shape=PeriodListAnswer)},
        parameters=(
            parameter("match", 'A selector of the alerts\' labels, such as {alertname="Down"}.'),
            parameter("start_ms", "First moment; the oldest without it.", "integer"),
            parameter("end_ms", "Last moment; now without it.", "integer"),
            Parameter("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": 10_000}),
        ),
        errors=(400,),
    ),
    ("POST", "/api/v1/rules/backtest"): Operation(
        "What an alerting rule would have done",
        "rules",
        {200: Content("Periods and notifications.", shape=BacktestAnswer)},
        bodies=(Content("The rule, and the moments to evaluate it at.", shape=BacktestRequest),),
        errors=(400, 413, 422, 429, 503),
    ),
    ("POST", "/api/v1/rules/watching"): Operation(
        "Which alerting rules watch what queries show",
        "rules",
        {200: Content("For each query those that read what it reads.", shape=WatchingAnswer)},
        bodies=(Content("The queries.", shape=QueriesShown),),
        errors=(400, 413, 422, 503),
    ),
    ("POST", "/api/v1/rules/import"): Operation(
        "Take over a Prometheus rule file",
        "rules",
        {200: Content("What became of it; with errors nothing is written.", shape=RuleImportAnswer)},
        bodies=(Content("Its text.", shape=RuleFileToImport),),
        errors=(400, 409, 413, 422),
    ),
}
