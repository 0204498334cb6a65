"""Rules and alerts: Prometheus' `/api/v1/rules` and `/api/v1/alerts`, what alerts were, and backtests."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.errors import BadData
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, number, read_body
from vedette.http.routes.prometheus import Endpoint
from vedette.http.routes.prometheus_answers import in_thread, send_data
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, matches_all
from vedette.model.timerange import TimeRange
from vedette.promql.parser import parse_selector

if TYPE_CHECKING:
    from vedette.rules.evaluation import RuleState
    from vedette.rules.group import GroupState
    from vedette.rules.service import RuleService

_NEVER_TEXT: Final = "0001-01-01T00:00:00Z"
_STATES: Final = ("inactive", "pending", "firing")
_MAX_PERIODS: Final = 10_000
_MAX_BODY_BYTES: Final = 256 * 1024
_Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Narrowing = tuple[Matcher, ...]


class BacktestRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A rule as a rule group has it, and when to evaluate it."""

    rule: dict[str, Any]
    start_ms: _Moment
    end_ms: _Moment
    step_ms: Annotated[int, msgspec.Meta(ge=1000, le=86_400_000)] = 60_000


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

    def __init__(self, rules: Callable[[], RuleService], executor: Executor) -> None:
        self._rules = rules
        self._executor = executor
        self._threads = Threads(executor)

    async def rules(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        """Groups in force, as Prometheus shows them."""
        who, wanted = caller(scope), _Wanted(parameters)

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
            return {"alerts": [alert for state in states for alert in _alerts(state, service, who.matchers)]}

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


class _Wanted:
    """What of the rules is asked for."""

    def __init__(self, parameters: Parameters) -> None:
        self._kind = parameters.text("type").lower()
        if self._kind not in ("", "alert", "record"):
            raise BadData(f'not supported value "{self._kind[:100]}" of parameter "type"')
        self._names = frozenset((*parameters.texts("rule_name[]"), *parameters.texts("rule_name")))
        self._groups = frozenset((*parameters.texts("rule_group[]"), *parameters.texts("rule_group")))
        self._files = frozenset((*parameters.texts("file[]"), *parameters.texts("file")))
        self._matchers = parameters.matcher_sets(required=False)
        self._without_alerts = parameters.text("exclude_alerts").lower() in ("1", "t", "true")
        self._limit, self._after = parameters.count("group_limit"), parameters.text("group_next_token")
        if self._after and not self._limit:
            raise BadData('invalid parameter "group_next_token": it needs group_limit')

    def group(self, group: GroupState, service: RuleService, narrowing: Narrowing) -> dict[str, object] | None:
        """One with the rules that are wanted; None where there are none."""
        compiled = group.group
        if (self._groups and compiled.name not in self._groups) or (self._files and compiled.file not in self._files):
            return None
        rules = [self._rule(state, service, narrowing) for state in group.rules if self._is_wanted(state)]
        if not rules:
            return None
        return {
            "name": compiled.name,
            "file": compiled.file,
            "document": compiled.document,
            "rules": rules,
            "interval": compiled.interval_ms / 1000,
            "limit": compiled.limit,
            "evaluationTime": group.duration_s,
            "lastEvaluation": _moment(group.evaluated_ms),
            "missedEvaluations": group.missed,
        }

    def page(self, groups: list[dict[str, object]]) -> tuple[list[dict[str, object]], str]:
        """The groups behind the last page's, and what the next page is asked for with."""
        if not self._limit:
            return groups, ""
        tokens = [f"{group['file'] or group['document']};{group['name']}" for group in groups]
        if self._after and self._after not in tokens:
            raise BadData('invalid parameter "group_next_token": rules have changed, begin anew')
        first = tokens.index(self._after) + 1 if self._after else 0
        end = first + self._limit
        return groups[first:end], tokens[end - 1] if end < len(groups) else ""

    def _is_wanted(self, state: RuleState) -> bool:
        rule = state.rule
        if (self._kind == "alert" and not rule.is_alert) or (self._kind == "record" and rule.is_alert):
            return False
        if self._names and rule.name not in self._names:
            return False
        labels = _labels(state)
        return any(matches_all(labels, matchers) for matchers in self._matchers)

    def _rule(self, state: RuleState, service: RuleService, narrowing: Narrowing) -> dict[str, object]:
        rule = state.rule
        shown: dict[str, object] = {
            "name": rule.name,
            "query": rule.text,
            "labels": _labels(state).as_dict(),
            "health": "err" if state.error else "unknown" if state.evaluated_ms < 0 else "ok",
            "evaluationTime": state.duration_s,
            "lastEvaluation": _moment(state.evaluated_ms),
            "id": rule.id,
            "key": state.key,
            "tags": rule.rule.tags,
            **({"lastError": state.error} if state.error else {}),
        }
        if not rule.is_alert:
            return {**shown, "type": "recording"}
        alerts = _alerts(state, service, narrowing)
        with state.lock:
            highest = int(state.table.state[: len(state.table)].max(initial=0))
        shown |= {
            "type": "alerting",
            "state": _STATES[highest],
            "duration": rule.for_ms / 1000,
            "keepFiringFor": rule.keep_ms / 1000,
            "annotations": {name: template.source for name, template in rule.annotations},
        }
        return shown if self._without_alerts else {**shown, "alerts": alerts}


def _labels(state: RuleState) -> Labels:
    return Labels.of((name, template.source) for name, template in state.rule.labels)


def _alerts(state: RuleState, service: RuleService, narrowing: Narrowing) -> list[dict[str, object]]:
    around = service.surroundings(state.group.project, max(state.evaluated_ms, 0))
    found: list[dict[str, object]] = []
    moments: dict[int, str] = {}
    key = state.key
    with state.lock:
        table = state.table
        rows = table.active
        columns = (table.state, table.active_ms, table.value, table.keep_since_ms, table.flaps)
        for row, number, active_ms, value, keep_ms, flaps in zip(
            rows.tolist(), *(column[rows].tolist() for column in columns), strict=True
        ):
            labels = table.labels[row]
            if narrowing and not matches_all(labels, narrowing):
                continue
            if active_ms not in moments:
                moments[active_ms] = _moment(active_ms)
            shown: dict[str, object] = {
                "labels": orjson.Fragment(labels.json),
                "annotations": orjson.Fragment(state.annotations(row, around).json),
                "state": _STATES[number],
                "activeAt": moments[active_ms],
                "value": _exponent(value),
                "rule": key,
            }
            if keep_ms >= 0:
                shown["keepFiringSince"] = _moment(keep_ms)
            if flaps > 1 and table.is_flapping(row, state.evaluated_ms):
                shown["flapping"] = True
            found.append(shown)
    return found


def _exponent(value: float) -> str:
    """As Go's %e with as many digits as are needed."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    figures, _, power = f"{Decimal(repr(value)).normalize():e}".partition("e")
    return f"{figures}e{power[0]}{power[1:]:0>2}"


def _moment(time_ms: int) -> str:
    if time_ms < 0:
        return _NEVER_TEXT
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def routes(rules: Callable[[], RuleService], executor: Executor) -> list[BaseRoute]:
    """`rules` is called in the executor's threads."""
    them = RuleRoutes(rules, executor)
    ours: Sequence[BaseRoute] = (
        Route("/api/v1/alerts/history", them.history, methods=["GET"]),
        Route("/api/v1/rules/backtest", them.backtest, methods=["POST"]),
    )
    return [
        Route("/api/v1/rules", Endpoint(them.rules), methods=["GET"]),
        Route("/api/v1/alerts", Endpoint(them.alerts), methods=["GET"]),
        *ours,
    ]
