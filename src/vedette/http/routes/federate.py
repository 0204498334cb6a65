"""`GET /federate`: the newest samples of selected series, as text exposition for another server to scrape."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.clock import Clock
from vedette.exposition.encode import OPENMETRICS_TYPE, TEXT_TYPE, Sample, accepts_openmetrics, encode
from vedette.http.gate import caller
from vedette.http.gzip_answers import GZIP_HEADERS, compress, wants_gzip
from vedette.http.routes.prometheus import Endpoint
from vedette.http.routes.prometheus_answers import in_thread
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.special import is_stale
from vedette.model.timerange import TimeRange
from vedette.storage.interface import SelectHints, Storage


def routes(storage: Storage, executor: Executor, clock: Clock, lookback_ms: int) -> list[BaseRoute]:
    """`lookback_ms`: how old a sample may be and still be handed on."""

    async def federate(parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        sets = parameters.matcher_sets(required=True, narrowing=who.matchers)
        now_ms = clock.now_ms()
        gzip = wants_gzip(scope)
        openmetrics = accepts_openmetrics(dict(scope["headers"]).get(b"accept", b"").decode("latin-1"))

        def answer() -> bytes:
            found = newest(storage, who.project, sets, TimeRange(now_ms - lookback_ms + 1, now_ms))
            metadata = storage.metadata(who.project)
            # An empty instance keeps the scraping server from putting its own there.
            text = encode(found, metadata, openmetrics=openmetrics, always=("instance",))
            return compress(text) if gzip else text

        body = await in_thread(executor, answer)
        headers = [
            (b"content-type", (OPENMETRICS_TYPE if openmetrics else TEXT_TYPE).encode()),
            (b"content-length", b"%d" % len(body)),
        ]
        headers += GZIP_HEADERS if gzip else ()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return [Route("/federate", Endpoint(federate), methods=["GET"])]


def newest(storage: Storage, project: str, sets: Sequence[Sequence[Matcher]], time_range: TimeRange) -> list[Sample]:
    """The newest sample of every series that any of the selectors finds and that has not ended."""
    found: dict[Labels, Sample] = {}
    hints = SelectHints(latest_at_ms=time_range.end_ms)
    for matchers in sets:
        for part in storage.select(project, matchers, time_range, hints).parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                times, values = grid.row(index)
                if len(times) and not is_stale(values[-1:])[0]:
                    found[labels] = Sample(labels, float(values[-1]), int(times[-1]))
    return list(found.values())
