"""Prometheus' API about what there is: series, labels, label values, metadata, targets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import Final

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.errors import BadData
from vedette.http.gate import Caller, caller
from vedette.http.gzip_answers import GZIP_FROM_BYTES, compress, wants_gzip
from vedette.http.routes.prometheus import QUERY_METHODS, Endpoint, Respond
from vedette.http.routes.prometheus_answers import (
    in_thread,
    send_data,
    send_json,
)
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.model.labels import METRIC_NAME
from vedette.model.metadata import MetricMetadata
from vedette.model.timerange import ALL_TIME
from vedette.promql.lexer import go_quote
from vedette.query.encode import TRUNCATED
from vedette.storage.interface import Storage

Targets = Callable[[str, str], dict[str, object]]
"""project and state (`active`, `dropped` or `any`) -> `activeTargets` and `droppedTargets` as Prometheus shows them."""

_ESCAPED: Final = "U__"
_ESCAPE = re.compile(r"__|_([0-9a-fA-F]{1,6})_")
_SERIES_ENDINGS: Final = ("", "_total", "_bucket", "_sum", "_count", "_info", "_created")
"""What the names of a family's series may have behind the family's name."""
_STATES: Final = ("active", "dropped", "any")


def no_targets(_project: str, _state: str) -> dict[str, object]:
    """Where nothing is scraped."""
    return {"activeTargets": [], "droppedTargets": [], "droppedTargetCounts": {}}


def routes(storage: Storage, executor: Executor, targets: Targets = no_targets) -> list[BaseRoute]:
    """Reading the index happens in `executor`."""
    api = _MetadataApi(storage, executor, targets)
    return [
        Route("/api/v1/series", Endpoint(api.series), methods=QUERY_METHODS),
        Route("/api/v1/labels", Endpoint(api.labels), methods=QUERY_METHODS),
        Route("/api/v1/label/{name}/values", Endpoint(api.label_values), methods=["GET"]),
        Route("/api/v1/metadata", Endpoint(api.metadata), methods=["GET"]),
        Route("/api/v1/targets", Endpoint(api.targets), methods=["GET"]),
        Route("/api/v1/targets/metadata", Endpoint(api.targets_metadata), methods=["GET"]),
        Route(
            "/api/v1/alertmanagers",
            Endpoint(_constant({"activeAlertmanagers": [], "droppedAlertmanagers": []})),
            methods=["GET"],
        ),
    ]


def _constant(data: object) -> Respond:
    async def answer(_parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        await send_data(scope, send, data)

    return answer


class _MetadataApi:
    def __init__(self, storage: Storage, executor: Executor, targets: Targets) -> None:
        self._storage = storage
        self._executor = executor
        self._targets = targets

    async def series(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        sets, time_range = parameters.matcher_sets(required=True, narrowing=who.matchers), parameters.range()
        limit = parameters.count("limit")
        # One more than asked for tells whether there are more.
        wanted = limit + 1 if limit else 0
        gzip = wants_gzip(scope)

        def answer() -> tuple[bytes, bool]:
            found = self._storage.series(who.project, sets, time_range, wanted)
            kept = found[:limit] if limit else found
            body = b'{"status":"success","data":[' + b",".join(labels.json for labels in kept) + b"]"
            body += b',"warnings":["' + TRUNCATED.encode() + b'"]}' if len(kept) < len(found) else b"}"
            return (compress(body), True) if gzip and len(body) >= GZIP_FROM_BYTES else (body, False)

        body, gzipped = await in_thread(self._executor, answer)
        await send_json(send, body, gzipped=gzipped)

    async def labels(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        sets = parameters.matcher_sets(required=False, narrowing=who.matchers)
        time_range, limit = parameters.range(), parameters.count("limit")
        wanted = limit + 1 if limit else 0

        def find() -> list[str]:
            return _union(self._storage.label_names(who.project, matchers, time_range, wanted) for matchers in sets)

        await self._send_list(scope, send, await in_thread(self._executor, find), limit)

    async def label_values(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        name = unescape_name(scope["path_params"]["name"])
        if not name:
            raise BadData(f"invalid label name: {go_quote(name)}")
        who = caller(scope)
        sets = parameters.matcher_sets(required=False, narrowing=who.matchers)
        time_range, limit = parameters.range(), parameters.count("limit")
        wanted = limit + 1 if limit else 0

        def find() -> list[str]:
            return _union(
                self._storage.label_values(who.project, name, matchers, time_range, wanted) for matchers in sets
            )

        await self._send_list(scope, send, await in_thread(self._executor, find), limit)

    async def _send_list(self, scope: Scope, send: Send, found: list[str], limit: int) -> None:
        kept = found[:limit] if limit else found
        await send_data(scope, send, kept, [TRUNCATED] if len(kept) < len(found) else None)

    async def metadata(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        limit, metric = parameters.count("limit", -1), parameters.text("metric")
        per_metric = parameters.count("limit_per_metric", -1)
        known = await in_thread(self._executor, lambda: self._known(caller(scope), metric))
        names = sorted(known)
        names = names if limit < 0 else names[:limit]
        data = {name: [] if per_metric == 0 else [_metadata(known[name])] for name in names}
        await send_data(scope, send, data)

    def _known(self, who: Caller, metric: str) -> dict[str, MetricMetadata]:
        """Metadata of the metrics of which the caller may see series."""
        known = self._storage.metadata(who.project, metric)
        if not who.matchers:
            return known
        seen = set(self._storage.label_values(who.project, METRIC_NAME, who.matchers, ALL_TIME))
        return {name: it for name, it in known.items() if not seen.isdisjoint(name + end for end in _SERIES_ENDINGS)}

    async def targets(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        state = parameters.text("state").lower() or "any"
        if state not in _STATES:
            raise BadData(f'invalid parameter "state": must be one of {", ".join(_STATES)}')
        await send_data(scope, send, self._targets(caller(scope).project, state))

    async def targets_metadata(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        """Metadata is kept once for a metric, whichever target it came from: the target's labels are empty."""
        limit, metric = parameters.count("limit"), parameters.text("metric")
        if parameters.text("match_target"):
            await send_data(scope, send, [])
            return
        known = await in_thread(self._executor, lambda: self._known(caller(scope), metric))
        rows: list[dict[str, object]] = [
            {"target": {}, **({} if metric else {"metric": name}), **_metadata(known[name])}
            for name in sorted(known)[: limit or None]
        ]
        await send_data(scope, send, rows)


def unescape_name(name: str) -> str:
    """`U__a_2e_b` stands for `a.b`, as Prometheus escapes names in paths; other names stand for themselves."""
    if not name.startswith(_ESCAPED):
        return name

    def back(match: re.Match[str]) -> str:
        code = match[1]
        if code is None:
            return "_"
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else match[0]

    return _ESCAPE.sub(back, name.removeprefix(_ESCAPED))


def _union(lists: Iterable[list[str]]) -> list[str]:
    found = list(lists)
    return found[0] if len(found) == 1 else sorted(set().union(*found))


def _metadata(metadata: MetricMetadata) -> dict[str, str]:
    return {"type": metadata.type, "help": metadata.help, "unit": metadata.unit}
