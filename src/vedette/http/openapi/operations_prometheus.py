"""Operations of Prometheus' API."""

from __future__ import annotations

from typing import Final

from vedette.http.openapi import shapes
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter

_QUERY_ERRORS: Final = (400, 422, 429, 503)
_TAG: Final = "prometheus"

_QUERY: Final = parameter("query", "A PromQL expression.", required=True)
_LIMIT: Final = parameter(
    "limit", "Most items of the answer; 0 is no limit. A warning says when there are more.", "integer"
)
_MATCH: Final = parameter("match[]", "A series selector; given several times, any of them.", many=True)
_MATCH_NEEDED: Final = parameter(
    "match[]", "A series selector; given several times, any of them.", required=True, many=True
)
_START: Final = parameter("start", "First moment: seconds since 1970 or RFC 3339.")
_END: Final = parameter("end", "Last moment.")
_OPTIONS: Final = (
    parameter("timeout", "Less than the configured limit, such as 30s."),
    _LIMIT,
    parameter("lookback_delta", "How old a sample may be and still stand for a moment."),
    parameter("stats", "Any text asks for statistics; `all` for those of each step, too."),
)
_INSTANT: Final = (_QUERY, parameter("time", "The moment; now if not given."), *_OPTIONS)
_RANGE: Final = (
    _QUERY,
    parameter("start", "First moment.", required=True),
    parameter("end", "Last moment.", required=True),
    parameter("step", "Distance of the moments: a duration or seconds.", required=True),
    *_OPTIONS,
)


def _both(path: str, operation: Operation) -> dict[tuple[str, str], Operation]:
    """GET, and POST with the parameters as a form."""
    return {("GET", path): operation, ("POST", path): operation}


def _asked(summary: str, parameters: tuple[Parameter, ...], answer: type, *, form: bool = True) -> Operation:
    answers = {200: Content("The answer.", shape=answer)}
    return Operation(summary, _TAG, answers, parameters=parameters, form=form, errors=_QUERY_ERRORS)


def _told(summary: str, shape: type = shapes.AnyAnswer, *parameters: Parameter) -> Operation:
    return Operation(summary, _TAG, {200: Content("The answer.", shape=shape)}, parameters=parameters)


PROMETHEUS: Final[dict[tuple[str, str], Operation]] = {
    **_both("/api/v1/query", _asked("Evaluate at one moment", _INSTANT, shapes.QueryAnswer)),
    **_both("/api/v1/query_range", _asked("Evaluate over a range", _RANGE, shapes.QueryAnswer)),
    **_both(
        "/api/v1/query_exemplars",
        _asked("Exemplars, of which none are stored", (_QUERY, _START, _END), shapes.AnyAnswer),
    ),
    **_both("/api/v1/format_query", _asked("Format an expression", (_QUERY,), shapes.TextAnswer)),
    **_both("/api/v1/parse_query", _asked("The syntax tree of an expression", (_QUERY,), shapes.AnyAnswer)),
    **_both("/api/v1/series", _asked("Find series", (_MATCH_NEEDED, _START, _END, _LIMIT), shapes.LabelSets)),
    **_both("/api/v1/labels", _asked("Names of labels in use", (_MATCH, _START, _END, _LIMIT), shapes.StringList)),
    ("GET", "/api/v1/label/{name}/values"): Operation(
        "Values of a label",
        _TAG,
        {200: Content("Sorted values.", shape=shapes.StringList)},
        parameters=(in_path("name", "The label; U__ escapes as in Prometheus."), _MATCH, _START, _END, _LIMIT),
        errors=_QUERY_ERRORS,
    ),
    ("GET", "/api/v1/metadata"): _told(
        "Type, help and unit of metrics",
        shapes.MetadataAnswer,
        parameter("metric", "Only this one."),
        parameter("limit", "Most metrics.", "integer"),
        parameter("limit_per_metric", "Most entries of each.", "integer"),
    ),
    ("GET", "/api/v1/targets"): _told(
        "What is scraped",
        shapes.TargetsAnswer,
        parameter("state", "active, dropped or any."),
        parameter("scrapePool", "Only this job."),
    ),
    ("GET", "/api/v1/targets/metadata"): _told(
        "Metadata by target",
        shapes.AnyAnswer,
        parameter("match_target", "A selector of target labels."),
        parameter("metric", "Only this metric."),
        parameter("limit", "Most entries.", "integer"),
    ),
    ("GET", "/api/v1/rules"): _told("Rules, of which there are none yet"),
    ("GET", "/api/v1/alerts"): _told("Alerts, of which there are none yet"),
    ("GET", "/api/v1/alertmanagers"): _told("Alertmanagers, of which there are none"),
    ("GET", "/api/v1/status/config"): _told("Settings that differ from their defaults, as TOML", shapes.ConfigAnswer),
    ("GET", "/api/v1/status/flags"): _told("All settings as name and value", shapes.TextsAnswer),
    ("GET", "/api/v1/status/buildinfo"): _told("What is running", shapes.TextsAnswer),
    ("GET", "/api/v1/status/runtimeinfo"): _told("How it is running"),
    ("GET", "/api/v1/status/walreplay"): _told("Progress of reading the log; over when anything is answered"),
    ("GET", "/api/v1/status/tsdb"): _told(
        "Sizes of the store and what has most series",
        shapes.AnyAnswer,
        parameter("limit", "Length of the rankings.", "integer"),
    ),
    ("GET", "/federate"): Operation(
        "Newest samples of selected series",
        _TAG,
        {200: Content("Text exposition.", "text/plain")},
        parameters=(_MATCH_NEEDED,),
        errors=_QUERY_ERRORS,
    ),
}
_ADMIN_ANSWERS: Final = {204: Content("Done.", "")}
for _method in ("POST", "PUT"):
    PROMETHEUS[_method, "/api/v1/admin/tsdb/delete_series"] = Operation(
        "Delete samples for good",
        "admin",
        _ADMIN_ANSWERS,
        parameters=(_MATCH_NEEDED, _START, _END),
        errors=_QUERY_ERRORS,
    )
    PROMETHEUS[_method, "/api/v1/admin/tsdb/clean_tombstones"] = Operation(
        "Give back the space of deleted samples", "admin", _ADMIN_ANSWERS, errors=(422, 503)
    )
    PROMETHEUS[_method, "/api/v1/admin/tsdb/snapshot"] = Operation(
        "Make a snapshot while running",
        "admin",
        {200: Content("Its name.", shape=shapes.AnyAnswer)},
        errors=(422, 503),
    )
