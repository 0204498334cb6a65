"""Operations that take samples in."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from vedette.http.openapi import shapes
from vedette.http.openapi.operation import TEXT, Content, Operation, in_path, parameter
from vedette.ingest.protocols.json_samples import Columns, Sample

_TAG: Final = "ingest"
_ERRORS: Final = (400, 413, 503)


class IngestProblem(msgspec.Struct):
    """One example of what was wrong; `position` is a line or an index."""

    reason: str
    message: str
    position: int = -1


class IngestAnswer(msgspec.Struct):
    """What became of a request; `dropped` counts samples by reason."""

    accepted: int
    out_of_order: int
    duplicates: int
    new_series: int
    dropped: dict[str, int]
    problems: list[IngestProblem]


class Samples(msgspec.Struct):
    """Samples one by one, and series with columns."""

    samples: list[Sample] = []
    series: list[Columns] = []


_REPORT: Final = {200: Content("Everything is stored.", shape=IngestAnswer)}
_NOTHING: Final = {204: Content("Everything is stored.", "")}
_PARTIAL: Final = "Partly bad requests store the good part and answer 400 with the counts by reason."
_LINES: Final[Any] = {
    "parameters": (
        parameter("precision", "Unit of the timestamps: ns (default), us, ms, s, m or h."),
        parameter("db", "Taken and not used."),
        parameter("org", "Taken and not used."),
        parameter("bucket", "Taken and not used."),
    ),
    "bodies": (Content("Line protocol, plain or gzip.", TEXT, example="cpu,host=a usage=1.5 1700000000000000000"),),
    "description": f"Each field becomes a series named measurement_field. {_PARTIAL}",
    "errors": (*_ERRORS, 422),
}
_EXPOSITION: Final = (Content("Prometheus text or, by its media type, OpenMetrics; plain or compressed.", TEXT),)
_GROUP: Final = in_path(
    "group", "`job/<job>{/<label>/<value>}`; `@base64` behind a label says how its value is written."
)


def _grouped(path: str) -> dict[tuple[str, str], Operation]:
    def pushed(summary: str) -> Operation:
        return Operation(
            summary,
            _TAG,
            _REPORT,
            parameters=(_GROUP,),
            bodies=_EXPOSITION,
            description=f"Labels of the path win over those of the body. {_PARTIAL}",
            errors=(*_ERRORS, 404),
        )

    return {
        ("POST", path): pushed("Push under grouping labels, as to a Pushgateway"),
        ("PUT", path): pushed("The same; series of the group that are not in the body end"),
        ("DELETE", path): Operation(
            "End the series of a group",
            _TAG,
            {202: Content("They have ended.", "")},
            parameters=(_GROUP,),
            errors=(404,),
        ),
    }


INGEST: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "/api/v1/write"): Operation(
        "Prometheus remote write 1.0 and 2.0",
        _TAG,
        _NOTHING,
        bodies=(Content("Compressed by snappy or zstd.", "application/x-protobuf"),),
        description=_PARTIAL,
        errors=(*_ERRORS, 415, 422),
    ),
    ("POST", "/write"): Operation("Influx line protocol, version 1", _TAG, _NOTHING, **_LINES),
    ("POST", "/api/v2/write"): Operation("Influx line protocol, version 2", _TAG, _NOTHING, **_LINES),
    ("GET", "/ping"): Operation("How Influx clients look for a server", _TAG, {204: Content("It is there.", "")}),
    ("POST", "/api/v1/import/prometheus"): Operation(
        "Text exposition or OpenMetrics",
        _TAG,
        _REPORT,
        bodies=_EXPOSITION,
        description=f"Samples without a timestamp are of now. {_PARTIAL}",
        errors=_ERRORS,
    ),
    ("POST", "/api/v1/samples"): Operation(
        "JSON samples",
        _TAG,
        _REPORT,
        bodies=(Content("Also a list of samples, one sample, or one series of columns.", shape=Samples),),
        description=f"Samples without `timestamp_ms` are of now. {_PARTIAL}",
        errors=_ERRORS,
    ),
    ("POST", "/api/v1/sample-data"): Operation(
        "Made-up samples of the last hour",
        _TAG,
        {200: Content("What became of them.", shape=shapes.ReportAnswer)},
        description='A web shop, labelled job="sample". Asked again it adds what is new since, and changes nothing.',
        errors=(503,),
    ),
    **_grouped("/metrics/{group:path}"),
    **_grouped("/api/v1/import/prometheus/metrics/{group:path}"),
    ("WS", "/api/v1/push"): Operation(
        "Samples over a WebSocket, one report for each message",
        _TAG,
        {101: Content("The connection is a WebSocket from here on.", "")},
        description="""Messages are JSON samples, unless the first one names another notation:
`{"format": "influx", "precision": "ms"}` or `{"format": "exposition"}`; it is answered by the format. Every other
message is answered by its report, or by `{"error": {"code": "..", "message": ".."}}`.""",
        errors=(403,),
    ),
    ("GET", "/api/v1/status/cardinality"): Operation(
        "Which metrics, labels and pairs make up the series, and what the limits refused",
        _TAG,
        {200: Content("Limits, usage, rankings and recent refusals.", shape=shapes.AnyAnswer)},
        parameters=(parameter("limit", "Length of each ranking, 10 if not given.", "integer"),),
        errors=(400,),
    ),
}
