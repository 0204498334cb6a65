"""`GET /federate`: the newest samples of selected series, as text exposition for another server to scrape."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from itertools import groupby
from typing import Final

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.clock import Clock
from vedette.http.routes.prometheus import Endpoint
from vedette.http.routes.prometheus_answers import accepts_gzip, compress, in_thread
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.kernel.text import format_value
from vedette.model.labels import METRIC_NAME, Labels, is_classic_metric_name, quote, quote_name
from vedette.model.matcher import Matcher
from vedette.model.special import is_stale
from vedette.model.timerange import TimeRange
from vedette.storage.interface import DEFAULT_PROJECT, SelectHints, Storage

_CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8"
_NO_JOB_OR_INSTANCE: Final = ("instance",)


def routes(storage: Storage, executor: Executor, clock: Clock, lookback_ms: int) -> list[BaseRoute]:
    """`lookback_ms`: how old a sample may be and still be handed on."""

    async def federate(parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        sets = parameters.matcher_sets(required=True)
        now_ms = clock.now_ms()
        gzip = accepts_gzip(scope)

        def answer() -> bytes:
            text = exposition(newest(storage, sets, TimeRange(now_ms - lookback_ms + 1, now_ms)))
            return compress(text) if gzip else text

        body = await in_thread(executor, answer)
        headers = [(b"content-type", _CONTENT_TYPE), (b"content-length", b"%d" % len(body))]
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")] if gzip else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return [Route("/federate", Endpoint(federate), methods=["GET"])]


Sample = tuple[Labels, int, float]


def newest(storage: Storage, sets: Sequence[Sequence[Matcher]], time_range: TimeRange) -> list[Sample]:
    """The newest sample of every series that any of the selectors finds and that has not ended."""
    found: dict[Labels, Sample] = {}
    hints = SelectHints(latest_at_ms=time_range.end_ms)
    for matchers in sets:
        for part in storage.select(DEFAULT_PROJECT, matchers, time_range, hints).parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                times, values = grid.row(index)
                if len(times) and not is_stale(values[-1:])[0]:
                    found[labels] = (labels, int(times[-1]), float(values[-1]))
    return sorted(found.values(), key=lambda sample: (sample[0].name, sample[0].pairs))


def exposition(samples: Sequence[Sample]) -> bytes:
    """Text exposition, sorted by name; what has no name is left out."""
    lines: list[str] = []
    for name, group in groupby(samples, key=lambda sample: sample[0].name):
        if not name:
            continue
        lines.append(f"# TYPE {name if is_classic_metric_name(name) else quote(name)} untyped\n")
        lines += [f"{_series(labels)} {format_value(value)} {time_ms}\n" for labels, time_ms, value in group]
    return "".join(lines).encode()


def _series(labels: Labels) -> str:
    name = labels.name
    pairs = [f"{quote_name(key)}={quote(value)}" for key, value in labels if key != METRIC_NAME]
    # An empty instance keeps the scraping server from putting its own there.
    pairs += [f'{missing}=""' for missing in _NO_JOB_OR_INSTANCE if missing not in labels]
    if is_classic_metric_name(name):
        return name + "{" + ",".join(pairs) + "}"
    return "{" + ",".join([quote(name), *pairs]) + "}"
