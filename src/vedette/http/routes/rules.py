"""Rules and alerts: Prometheus' `/api/v1/rules` and `/api/v1/alerts`, what alerts were, and backtests."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.errors import BadData
from vedette.http.document_audit import noting
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, number, read_body
from vedette.http.routes.prometheus import Endpoint
from vedette.http.routes.prometheus_answers import in_thread, send_data
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.http.routes.prometheus_rules import Wanted, alerts_json
from vedette.model.timerange import TimeRange
from vedette.promql.parser import parse_selector

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.rules.service import RuleService

_MAX_PERIODS: Final = 10_000
_MAX_BODY_BYTES: Final = 256 * 1024
_MAX_FILE_CHARACTERS: Final = 8 * 2**20
_Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class BacktestRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A rule as a rule group has it, and when to evaluate it."""

    rule: dict[str, Any]
    start_ms: _Moment
    end_ms: _Moment
    step_ms: Annotated[int, msgspec.Meta(ge=1000, le=86_400_000)] = 60_000


class RuleFileToImport(msgspec.Struct, forbid_unknown_fields=True):
    """The text of a Prometheus rule file."""

    text: Annotated[str, msgspec.Meta(max_length=_MAX_FILE_CHARACTERS)]
    dry_run: bool = False
    """Only tell what would become of it."""


class QueriesShown(msgspec.Struct, forbid_unknown_fields=True):
    """PromQL of the charts of a page."""

    queries: Annotated[list[str], msgspec.Meta(max_length=200)]


class LimitView(msgspec.Struct):
    """A rule fires while what the query shows is `op` than `value`."""

    op: Literal[">", ">=", "<", "<=", "==", "!="]
    value: float


class WatchingView(msgspec.Struct):
    """A rule that reads what a query reads; `limits` where it compares the very thing that the query shows."""

    rule: str
    name: str
    severity: str
    limits: list[LimitView]


class PeriodView(msgspec.Struct):
    """An alert in one state; `end_ms` is null where it still is so."""

    labels: dict[str, str]
    state: Literal["pending", "firing"]
    start_ms: int
    end_ms: int | None


class BandView(msgspec.Struct):
    """An alert in one state; `end_ms` is null where it still would be so."""

    labels: dict[str, str]
    state: Literal["pending", "firing"]
    start_ms: int
    end_ms: int | None
    value: float | None


class ToldView(msgspec.Struct):
    """A notification that would have been sent."""

    time_ms: int
    state: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str]


class BacktestView(msgspec.Struct):
    """What a rule would have done; `truncated`: there would be more."""

    expr: str
    evaluations: int
    series: int
    bands: list[BandView]
    notifications: list[ToldView]
    truncated: bool


class RuleRoutes:
    """Endpoints; `rules` makes the room when it is first asked for, in a thread."""

    def __init__(self, rules: Callable[[], RuleService], audit: Callable[[], Audit], executor: Executor) -> None:
        self._rules = rules
        self._audit = audit
        self._executor = executor
        self._threads = Threads(executor)

    async def rules(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        """Groups in force, as Prometheus shows them."""
        who, wanted = caller(scope), Wanted(parameters)

        def work() -> dict[str, object]:
            service = self._rules()
            groups = [
                shown for group in service.groups(who.project) if (shown := wanted.group(group, service, who.matchers))
            ]
            page, token = wanted.page(groups)
            return {"groups": page, **({"groupNextToken": token} if token else {})}

        await send_data(scope, send, await in_thread(self._executor, work))

    async def alerts(self, _parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        """Pending and firing ones, as Prometheus shows them."""
        who = caller(scope)

        def work() -> dict[str, object]:
            service = self._rules()
            states = [state for group in service.groups(who.project) for state in group.rules if state.rule.is_alert]
            found = [alert for state in states for alert in alerts_json(state, service, who.matchers)]
            return {"alerts": orjson.Fragment(b"[" + b",".join(found) + b"]")}

        await send_data(scope, send, await in_thread(self._executor, work))

    async def history(self, request: Request) -> Response:
        """When which alerts were pending and firing, newest first."""
        who, asked = caller(request.scope), request.query_params
        start_ms, end_ms = number(asked, "start_ms"), number(asked, "end_ms", 2**53)
        if end_ms < start_ms:
            raise BadData("end_ms: must not be before start_ms")
        limit = number(asked, "limit", 1_000)
        if not 1 <= limit <= _MAX_PERIODS:
            raise BadData(f"limit must be 1 to {_MAX_PERIODS}")
        text = asked.get("match", "")
        matchers = (*(parse_selector(text) if text else ()), *who.matchers)
        found = await self._threads.run(
            lambda: self._rules().periods(who.project, matchers, TimeRange(start_ms, end_ms), limit)
        )
        return answer(
            [
                PeriodView(
                    period.labels.as_dict(),
                    "firing" if period.state == "firing" else "pending",
                    period.start_ms,
                    None if period.is_open else period.end_ms,
                )
                for period in found
            ]
        )

    async def watching(self, request: Request) -> Response:
        """For each query the alerting rules that watch what it shows."""
        who = caller(request.scope)
        asked = await read_body(request, QueriesShown, _MAX_BODY_BYTES)
        return answer(await self._threads.run(lambda: [self._watching(who.project, one) for one in asked.queries]))

    def _watching(self, project: str, query: str) -> list[WatchingView]:
        """None for a query that cannot be read: whoever asks it is told what is wrong."""
        try:
            found = self._rules().watching(project, query)
        except BadData:
            return []
        return [
            WatchingView(
                one.state.key,
                one.state.rule.name,
                next((template.source for name, template in one.state.rule.labels if name == "severity"), ""),
                [msgspec.convert(limit, LimitView, from_attributes=True) for limit in one.limits],
            )
            for one in found
        ]

    async def backtest(self, request: Request) -> Response:
        """What a rule would have done."""
        who = caller(request.scope)
        asked = await read_body(request, BacktestRequest, _MAX_BODY_BYTES)

        def work() -> BacktestView:
            compiled, replay = self._rules().backtest(
                who.project, asked.rule, asked.start_ms, asked.end_ms, asked.step_ms, who.matchers
            )
            bands = [
                BandView(
                    band.labels.as_dict(),
                    "firing" if band.state == "firing" else "pending",
                    band.start_ms,
                    None if band.is_open else band.end_ms,
                    band.value if math.isfinite(band.value) else None,
                )
                for band in replay.bands
            ]
            told = [
                ToldView(
                    one.time_ms,
                    "firing" if one.state == "firing" else "resolved",
                    one.labels.as_dict(),
                    one.annotations.as_dict(),
                )
                for one in replay.told
            ]
            return BacktestView(compiled.text, replay.evaluations, replay.series, bands, told, replay.is_cut)

        return answer(await self._threads.run(work))

    async def import_file(self, request: Request) -> Response:
        """Take over a Prometheus rule file."""
        who = caller(request.scope)
        asked = await read_body(request, RuleFileToImport, 2 * _MAX_FILE_CHARACTERS)

        def take_over() -> object:
            also = noting(self._audit(), who, "import")
            return self._rules().import_file(who.project, asked.text, who.principal.name, also, dry_run=asked.dry_run)

        return answer(await self._threads.run(take_over))


def routes(rules: Callable[[], RuleService], audit: Callable[[], Audit], executor: Executor) -> list[BaseRoute]:
    """`rules` and `audit` are called in the executor's threads."""
    them = RuleRoutes(rules, audit, executor)
    ours: Sequence[BaseRoute] = (
        Route("/api/v1/alerts/history", them.history, methods=["GET"]),
        Route("/api/v1/rules/watching", them.watching, methods=["POST"]),
        Route("/api/v1/rules/backtest", them.backtest, methods=["POST"]),
        Route("/api/v1/rules/import", them.import_file, methods=["POST"]),
    )
    return [
        Route("/api/v1/rules", Endpoint(them.rules), methods=["GET"]),
        Route("/api/v1/alerts", Endpoint(them.alerts), methods=["GET"]),
        *ours,
    ]
