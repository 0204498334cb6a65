"""`POST /api/v1/metrics/query`: PromQL or the structured form in, columns out. The shape is in ARCHITECTURE.md."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Final, TypeVar

import msgspec
import numpy as np
import orjson
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.errors import BadData, LimitExceeded
from vedette.http.answer import Answer
from vedette.http.gate import Caller, caller
from vedette.http.gzip_answers import wants_gzip
from vedette.http.routes.prometheus_answers import Encode, run_query, send_json
from vedette.http.routes.prometheus_parameters import read_body
from vedette.model.frame import Annotation, Frame, QueryResult, RawSeries
from vedette.query.encode import columns_series, own_stats
from vedette.query.options import QueryOptions
from vedette.query.service import Query, QueryService
from vedette.query.structured import Aggregation, Filter, Interval, StructuredQuery, translate

MAX_BODY_BYTES: Final = 256 * 1024
MAX_RAW_CELLS: Final = 20_000_000
"""Series times distinct moments of an answer with raw samples."""


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Either `promql`, with `step_ms` 0 for one moment at `end_ms`, or `metric` and what goes with it."""

    start_ms: int
    end_ms: int
    promql: str = ""
    step_ms: int = 0
    metric: str = ""
    filters: tuple[Filter, ...] = ()
    aggregation: Aggregation = "none"
    interval: Interval = "raw"
    group_by: tuple[str, ...] = ()
    limit: int = 0
    timeout_ms: int = 0


_DECODER = msgspec.json.Decoder(Body)
T = TypeVar("T")


def routes(service: QueryService, executor: Executor) -> list[BaseRoute]:
    """`executor` runs what takes longer than a moment."""
    return [Route("/api/v1/metrics/query", _MetricsQuery(service, executor), methods=["POST"])]


class _MetricsQuery:
    def __init__(self, service: QueryService, executor: Executor) -> None:
        self._service = service
        self._executor = executor

    def at_once(self, scope: Scope, body: bytes | bytearray) -> Answer | None:
        if len(body) > MAX_BODY_BYTES:
            return None
        query, encode = self._ask(body, caller(scope))
        if query.is_quick:
            return Answer(encode(query.run()))
        query.abandon()
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query, encode = self._ask(await read_body(receive, MAX_BODY_BYTES), caller(scope))
        body, gzipped = await run_query(query, encode, receive, self._executor, gzip=wants_gzip(scope))
        await send_json(send, body, gzipped=gzipped)

    def _ask(self, sent: bytes | bytearray, who: Caller) -> tuple[Query, Encode]:
        return admit(self._service, read_json(sent, _DECODER), who)


def read_json(sent: bytes | bytearray, decoder: msgspec.json.Decoder[T]) -> T:
    """What was sent. Raises BadData with the field that is wrong."""
    try:
        return decoder.decode(sent)
    except msgspec.ValidationError as error:
        raise BadData(f"the body does not fit: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadData(f"the body is no JSON: {error}") from error


def admit(service: QueryService, body: Body, who: Caller) -> tuple[Query, Encode]:
    """A question that is ready to run, and what makes an answer of its result. Raises BadData, QuerySyntax, TooBusy."""
    began_s = time.perf_counter()
    query = _admit(service, body, who)
    return query, partial(columns_answer, query=query, body=body, began_s=began_s)


def _admit(service: QueryService, body: Body, who: Caller) -> Query:
    if bool(body.promql) == bool(body.metric):
        raise BadData("the body must have either promql or metric")
    if body.limit < 0 or body.timeout_ms < 0:
        raise BadData("limit and timeout_ms must not be negative")
    if max(abs(body.start_ms), abs(body.end_ms), abs(body.step_ms)) > 2**62:
        raise BadData("start_ms, end_ms and step_ms must be milliseconds")
    options = QueryOptions(timeout_s=body.timeout_ms / 1000, limit=body.limit, matchers=who.matchers)
    text, start_ms, end_ms, step_ms = body.promql, body.start_ms, body.end_ms, body.step_ms
    if body.metric:
        form = StructuredQuery(
            metric=body.metric,
            start_ms=start_ms,
            end_ms=end_ms,
            filters=body.filters,
            aggregation=body.aggregation,
            interval=body.interval,
            group_by=body.group_by,
            limit=body.limit,
        )
        asked = translate(form)
        text, start_ms, end_ms, step_ms = asked.text, asked.start_ms, asked.end_ms, asked.step_ms
    if step_ms == 0:
        return service.admit_instant(who.project, text, end_ms, options)
    return service.admit_range(who.project, text, start_ms, end_ms, step_ms, options)


def columns_answer(result: QueryResult, query: Query, body: Body, began_s: float) -> bytes:
    """The whole body of an answer."""
    if result.kind == "string":
        raise BadData("a string has no columns")
    frame = align(result.raw) if result.raw is not None else result.frame
    kept = 0 if frame is None else _points(frame, body.limit)
    times = [] if frame is None else frame.timestamps_ms.tolist()
    head = b'{"status":"success","data":{"resultType":"%s","timestamps_ms":%s,"step_ms":%d,"series":' % (
        result.kind.encode(),
        orjson.dumps(times),
        query.step_ms,
    )
    series = columns_series(frame, body.limit)
    tail = {
        "total_points": kept,
        "aggregation": body.aggregation,
        "cache_hit": False,
        "query_time_ms": round((time.perf_counter() - began_s) * 1000, 3),
        "promql": query.text,
        "stats": own_stats(result.stats),
        "warnings": [_note(note) for note in result.warnings],
        "infos": [_note(note) for note in result.infos],
    }
    return head + series + b"}," + orjson.dumps(tail)[1:]


def align(rows: Sequence[RawSeries]) -> Frame:
    """Series with their own timestamps over all moments that any of them has. Raises LimitExceeded."""
    stacked = [row.timestamps_ms for row in rows]
    moments = np.unique(np.concatenate(stacked)) if stacked else np.empty(0, dtype=np.int64)
    if len(rows) * len(moments) > MAX_RAW_CELLS:
        raise LimitExceeded(
            f"{len(rows)} series have {len(moments)} distinct moments, more cells than {MAX_RAW_CELLS}: "
            "ask for an interval or less time",
            limit="max_raw_cells",
            value=MAX_RAW_CELLS,
        )
    values = np.zeros((len(rows), len(moments)))
    present = np.zeros((len(rows), len(moments)), dtype=np.bool_)
    for index, row in enumerate(rows):
        places = np.searchsorted(moments, row.timestamps_ms)
        values[index, places] = row.values
        present[index, places] = True
    return Frame([row.labels for row in rows], moments, values, present)


def _points(frame: Frame, limit: int) -> int:
    if frame.present is None:
        rows = len(frame.labels) if not limit else min(limit, len(frame.labels))
        return rows * len(frame.timestamps_ms)
    counts = frame.present.reshape(-1, len(frame.timestamps_ms)).sum(axis=1)
    counts = counts[counts > 0]
    return int(counts[: limit or None].sum())


def _note(note: Annotation) -> dict[str, object]:
    return {"message": note.message, "start": note.start, "end": note.end}
