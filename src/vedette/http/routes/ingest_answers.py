"""Answers to senders: what became of their samples, in the form each of them understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.types import Scope, Send

from vedette.errors import BadData
from vedette.http.errors import describe, request_id_of, status_of
from vedette.ingest.report import DropReason, IngestReport

# Left out by design or by the operator's own rules: nothing that the sender should hear as an error.
_EXPECTED: Final = frozenset(
    (
        DropReason.RELABELLED,
        DropReason.PRIVACY,
        DropReason.EXEMPLAR,
        DropReason.NATIVE_HISTOGRAM,
        DropReason.UNSUPPORTED_VALUE,
    )
)
_JSON: Final = (b"content-type", b"application/json")

HeaderPairs = list[tuple[bytes, bytes]]


def complaint(report: IngestReport) -> str:
    """In one sentence what was wrong with a request; empty when nothing was."""
    wrong = {reason: count for reason, count in report.dropped.items() if reason not in _EXPECTED}
    if not wrong:
        return ""
    counts = ", ".join(f"{count} {reason.value}" for reason, count in wrong.items())
    examples = [problem.message for problem in report.problems if problem.reason in wrong]
    example = f"; first: {examples[0]}" if examples else ""
    return f"partial write: {report.accepted} samples stored, dropped {counts}{example}"


async def send(sender: Send, status: int, body: bytes = b"", headers: HeaderPairs | None = None) -> None:
    """A whole answer."""
    lines = [*(headers or []), (b"content-length", b"%d" % len(body))] if status != 204 else (headers or [])
    await sender({"type": "http.response.start", "status": status, "headers": lines})
    await sender({"type": "http.response.body", "body": body})


async def send_report(scope: Scope, sender: Send, report: IngestReport) -> None:
    """The report: 200 when nothing was wrong, else 400 with the error's shape and the report in it."""
    words = complaint(report)
    if not words:
        await send(sender, 200, orjson.dumps(report.as_json()), [_JSON])
    else:
        await send(sender, 400, orjson.dumps({**error_body(scope, words), **report.as_json()}), [_JSON])


async def send_nothing(scope: Scope, sender: Send, report: IngestReport, headers: HeaderPairs | None = None) -> None:
    """204 when nothing was wrong, else 400 as `send_report`; for remote write."""
    words = complaint(report)
    if not words:
        await send(sender, 204, headers=headers)
    else:
        body = {**error_body(scope, words), **report.as_json()}
        await send(sender, 400, orjson.dumps(body), [_JSON, *(headers or [])])


async def send_influx(scope: Scope, sender: Send, report: IngestReport) -> None:
    """204, or 400 in the form of both generations of Influx clients, which is also the common one."""
    words = complaint(report)
    if not words:
        await send(sender, 204)
    else:
        body = {**error_body(scope, words), "code": "invalid", "message": words, **report.as_json()}
        await send(sender, 400, orjson.dumps(body), [_JSON])


def error_body(scope: Scope, words: str) -> Mapping[str, Any]:
    """The common error body for bad data."""
    error = BadData(words)
    return describe(error, status_of(error)[1], request_id_of(scope))
