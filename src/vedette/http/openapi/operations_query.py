"""Operations of our own queries: columns, what is running, explanations."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.http.openapi import shapes
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.routes.history import DEFAULT_SERIES, MAX_SELECTORS, MAX_SERIES
from vedette.http.routes.metrics_queries import MAX_QUERIES, Questions
from vedette.http.routes.metrics_query import Body

_EXPLAIN: Final = Operation(
    "Run a query and tell the plan with what each operator cost",
    "query",
    {200: Content("The plan.", shape=shapes.AnyAnswer)},
    parameters=(
        parameter("query", "A PromQL expression.", required=True),
        parameter("time", "The moment of an instant query."),
        parameter("start", "First moment of a range query."),
        parameter("end", "Last moment of a range query."),
        parameter("step", "Step of a range query."),
    ),
    form=True,
    errors=(400, 422, 429, 503),
)


class HistoryAnswer(msgspec.Struct):
    """Series over shared moments; `truncated`: there are more than `limit`."""

    status: Literal["success"]
    data: shapes.ColumnsData
    series_total: int
    truncated: bool


_CHOSEN: Final = (
    parameter("match[]", f"Selectors, at most {MAX_SELECTORS}; without any all series are meant.", many=True),
    Parameter(
        "limit",
        f"How many series at most; {DEFAULT_SERIES} without it.",
        schema={"type": "integer", "minimum": 1, "maximum": MAX_SERIES},
    ),
)

QUERY: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "/api/v1/metrics/query"): Operation(
        "PromQL or the structured form in, columns out",
        "query",
        {200: Content("Columns.", shape=shapes.ColumnsAnswer)},
        bodies=(Content("Either `promql` or `metric` with what goes with it.", shape=Body),),
        errors=(400, 413, 422, 429, 503),
    ),
    ("POST", "/api/v1/metrics/queries"): Operation(
        "Many questions at once, answered line by line",
        "query",
        {
            200: Content(
                "A line of JSON for each question, in the order in which they are known: `index` is its place, the "
                "rest is as for it alone; with `status` error there is `http_status` too.",
                media_type="application/x-ndjson",
            )
        },
        bodies=(Content(f"At most {MAX_QUERIES} questions.", shape=Questions),),
        errors=(400, 413, 429, 503),
    ),
    ("GET", "/api/history/metrics"): Operation(
        "All chosen series over a time",
        "query",
        {200: Content("Columns.", shape=HistoryAnswer)},
        parameters=(
            parameter("start", "First moment: seconds since 1970 or RFC 3339.", required=True),
            parameter("end", "Last moment.", required=True),
            *_CHOSEN,
            parameter("step", "Seconds or a duration; without it about 250 moments."),
        ),
        errors=(400, 422, 429, 503),
    ),
    ("GET", "/api/metrics/at"): Operation(
        "All chosen series at a moment",
        "query",
        {200: Content("Columns of one moment.", shape=HistoryAnswer)},
        parameters=(parameter("time", "Seconds since 1970 or RFC 3339.", required=True), *_CHOSEN),
        errors=(400, 422, 429, 503),
    ),
    ("GET", "/api/v1/queries"): Operation(
        "Queries under way", "query", {200: Content("Oldest first.", shape=shapes.RunningAnswer)}
    ),
    ("DELETE", "/api/v1/queries/{id}"): Operation(
        "Make a running query end",
        "query",
        {200: Content("It ends at its next check.", shape=shapes.AnyAnswer)},
        parameters=(in_path("id", "As in the list."),),
        errors=(404,),
    ),
    ("GET", "/api/v1/explain"): _EXPLAIN,
    ("POST", "/api/v1/explain"): _EXPLAIN,
}
