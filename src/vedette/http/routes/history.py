"""`/api/history/metrics` and `/api/metrics/at`: all chosen series over a time or at a moment, as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final

import numpy as np
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.errors import BadData
from vedette.http.gate import caller
from vedette.http.routes.prometheus_answers import in_thread
from vedette.http.routes.prometheus_parameters import Parameters, parameters_of
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import Labels
from vedette.promql.parser import parse_selector
from vedette.query.encode import columns_series
from vedette.query.options import QueryOptions
from vedette.query.service import QueryService

MAX_SELECTORS: Final = 20
DEFAULT_SERIES: Final = 1_000
MAX_SERIES: Final = 10_000
_EVERYTHING: Final = '{__name__=~".+"}'
_STEPS: Final = 250
_MIN_STEP_MS: Final = 1_000
_JSON: Final = "application/json"


class HistoryRoutes:
    """Endpoints."""

    def __init__(self, service: QueryService, executor: Executor) -> None:
        self._service = service
        self._executor = executor

    async def over_time(self, request: Request) -> Response:
        """Values at start, start + step, ... up to end."""
        asked = parameters_of(request.scope, b"")
        start_ms, end_ms = asked.time_ms("start"), asked.time_ms("end")
        step_ms = asked.duration_ms("step") if asked.text("step") else _step_for(end_ms - start_ms)
        self._service.check_range(start_ms, end_ms, step_ms)
        who = caller(request.scope)

        def ask(text: str, options: QueryOptions) -> QueryResult:
            return self._service.range(who.project, text, start_ms, end_ms, step_ms, options)

        return await self._answer(asked, request, ask, "matrix", step_ms)

    async def at(self, request: Request) -> Response:
        """The value of every series at a moment: the newest that is no older than the look-back."""
        asked = parameters_of(request.scope, b"")
        time_ms = asked.time_ms("time")
        who = caller(request.scope)

        def ask(text: str, options: QueryOptions) -> QueryResult:
            return self._service.instant(who.project, text, time_ms, options)

        return await self._answer(asked, request, ask, "vector", 0)

    async def _answer(
        self,
        asked: Parameters,
        request: Request,
        ask: Callable[[str, QueryOptions], QueryResult],
        kind: str,
        step_ms: int,
    ) -> Response:
        texts, limit = _selectors(asked), _limit(asked)
        # The narrowing of who asks is added to every selector where it meets the storage.
        options = QueryOptions(matchers=caller(request.scope).matchers)

        def work() -> bytes:
            frame = merged([ask(text, options).frame for text in texts])
            return _body(frame, kind, step_ms, limit)

        return Response(await in_thread(self._executor, work), media_type=_JSON)


def merged(frames: Sequence[Frame | None]) -> Frame | None:
    """Frames over the same moments as one; a series that is in several counts once."""
    rows: dict[Labels, tuple[int, int]] = {}
    kept = [frame for frame in frames if frame is not None and len(frame.labels)]
    for number, frame in enumerate(kept):
        for row, labels in enumerate(frame.labels):
            rows.setdefault(labels, (number, row))
    if not kept:
        return None
    moments = kept[0].timestamps_ms
    picked = [
        np.array([row for number, row in rows.values() if number == wanted], dtype=np.int64)
        for wanted in range(len(kept))
    ]
    values = [frame.values.reshape(len(frame.labels), -1)[chosen] for frame, chosen in zip(kept, picked, strict=True)]
    present = [_presence(frame)[chosen] for frame, chosen in zip(kept, picked, strict=True)]
    return Frame(list(rows), moments, np.concatenate(values), np.concatenate(present))


def _presence(frame: Frame) -> np.ndarray:
    if frame.present is None:
        return np.ones((len(frame.labels), len(frame.timestamps_ms)), dtype=np.bool_)
    return frame.present.reshape(len(frame.labels), -1)


def _body(frame: Frame | None, kind: str, step_ms: int, limit: int) -> bytes:
    total = 0 if frame is None else int(_presence(frame).any(axis=1).sum())
    times = [] if frame is None else frame.timestamps_ms.tolist()
    head = b'{"status":"success","data":{"resultType":"%s","timestamps_ms":%s,"step_ms":%d,"series":' % (
        kind.encode(),
        orjson.dumps(times),
        step_ms,
    )
    tail = {"series_total": total, "truncated": total > limit}
    return head + columns_series(frame, limit) + b"}," + orjson.dumps(tail)[1:]


def _selectors(asked: Parameters) -> list[str]:
    texts = asked.texts("match[]")
    if len(texts) > MAX_SELECTORS:
        raise BadData(f"match[]: {len(texts)} selectors are more than {MAX_SELECTORS}")
    for text in texts:
        parse_selector(text)
    return texts or [_EVERYTHING]


def _limit(asked: Parameters) -> int:
    limit = asked.count("limit", DEFAULT_SERIES)
    if not 1 <= limit <= MAX_SERIES:
        raise BadData(f"limit: expected 1 to {MAX_SERIES} series")
    return limit


def _step_for(span_ms: int) -> int:
    """A step of whole seconds that makes no more than some hundred moments."""
    return max(_MIN_STEP_MS, -(-span_ms // (_STEPS * _MIN_STEP_MS)) * _MIN_STEP_MS)


def routes(service: QueryService, executor: Executor) -> list[BaseRoute]:
    """`executor` runs the questions."""
    them = HistoryRoutes(service, executor)
    return [
        Route("/api/history/metrics", them.over_time, methods=["GET"]),
        Route("/api/metrics/at", them.at, methods=["GET"]),
    ]
