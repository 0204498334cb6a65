"""Operations of the server itself: health, settings, status, the page."""

from __future__ import annotations

from typing import Final

from vedette.http.openapi import shapes
from vedette.http.openapi.operation import TEXT, Content, Operation, in_path, parameter

_OK: Final = Content("Yes.", TEXT)

SERVER: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/-/healthy"): Operation("Whether the process is alive", "server", {200: _OK}),
    ("GET", "/-/ready"): Operation(
        "Whether requests are served",
        "server",
        {200: _OK, 503: Content("Not yet or no longer; the text says why.", TEXT)},
    ),
    ("GET", "/metrics"): Operation(
        "The server's own counters in exposition format", "server", {200: Content("Exposition format.", TEXT)}
    ),
    ("GET", "/"): Operation("The page", "server", {200: Content("The document.", "text/html")}),
    ("GET", "/{path:path}"): Operation(
        "A file of the page, or the page at one of its own places",
        "server",
        {200: Content("The file.", "*/*")},
        parameters=(in_path("path", "Where it is."),),
        errors=(404,),
    ),
    ("GET", "/api/v1/openapi.json"): Operation("This document", "server", {200: Content("OpenAPI 3.1.", shape=dict)}),
    ("GET", "/api/v1/settings"): Operation(
        "All settings in force, with their sources",
        "server",
        {200: Content("The settings.", shape=shapes.SettingsAnswer)},
    ),
    ("POST", "/api/v1/backfill"): Operation(
        "Store samples of any age",
        "ingest",
        {200: Content("What became of them.", shape=shapes.ReportAnswer)},
        description="Samples that are stored already stay as they are. Durable when answered.",
        parameters=(parameter("metric", "Metric name for tables that have no column for it."),),
        bodies=(
            Content("Text as it is exposed, or a table with a row for each sample.", "application/openmetrics-text"),
            Content("Text as it is exposed, or a table with a row for each sample.", TEXT),
            Content("Text as it is exposed, or a table with a row for each sample.", "text/csv"),
            Content("Text as it is exposed, or a table with a row for each sample.", "application/vnd.apache.parquet"),
        ),
        errors=(400, 413, 503),
    ),
}
for _method in ("POST", "PUT"):
    SERVER[_method, "/-/reload"] = Operation(
        "Read the scrape configuration, rule files and the certificate anew",
        "admin",
        {200: Content("It is in force.", TEXT)},
        description="A file with errors changes nothing, good ones are in force; the answer names all errors.",
        errors=(400,),
    )
