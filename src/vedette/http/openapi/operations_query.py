"""Operations of our own queries: columns, what is running, explanations."""

from __future__ import annotations

from typing import Final

from vedette.http.openapi import shapes
from vedette.http.openapi.operation import Content, Operation, in_path, parameter
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

QUERY: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "/api/v1/metrics/query"): Operation(
        "PromQL or the structured form in, columns out",
        "query",
        {200: Content("Columns.", shape=shapes.ColumnsAnswer)},
        bodies=(Content("Either `promql` or `metric` with what goes with it.", shape=Body),),
        errors=(400, 413, 422, 429, 503),
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
