"""Rule groups and alerts as Prometheus shows them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import orjson

from vedette.errors import BadData
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, matches_all
from vedette.model.special import FloatArray

if TYPE_CHECKING:
    from vedette.rules.evaluation import RuleState
    from vedette.rules.group import GroupState
    from vedette.rules.service import RuleService

_NEVER_TEXT: Final = "0001-01-01T00:00:00Z"
_STATES: Final = ("inactive", "pending", "firing")
_TRUE: Final = ("1", "t", "true")
Narrowing = tuple[Matcher, ...]


class Wanted:
    """What of the rules is asked for."""

    def __init__(self, parameters: Parameters) -> None:
        self._kind = parameters.text("type").lower()
        if self._kind not in ("", "alert", "record"):
            raise BadData(f'not supported value "{self._kind[:100]}" of parameter "type"')
        self._names = frozenset((*parameters.texts("rule_name[]"), *parameters.texts("rule_name")))
        self._groups = frozenset((*parameters.texts("rule_group[]"), *parameters.texts("rule_group")))
        self._files = frozenset((*parameters.texts("file[]"), *parameters.texts("file")))
        self._matchers = parameters.matcher_sets(required=False)
        self._without_alerts = parameters.text("exclude_alerts").lower() in _TRUE
        self._with_source = parameters.text("source").lower() in _TRUE
        self._limit, self._after = parameters.count("group_limit"), parameters.text("group_next_token")
        if self._after and not self._limit:
            raise BadData('invalid parameter "group_next_token": it needs group_limit')

    def group(self, group: GroupState, service: RuleService, narrowing: Narrowing) -> dict[str, object] | None:
        """One with the rules that are wanted; None where there are none."""
        compiled = group.group
        if (self._groups and compiled.name not in self._groups) or (self._files and compiled.file not in self._files):
            return None
        rules = [self._rule(state, service, narrowing) for state in group.rules if self._is_wanted(state)]
        # What is switched off as a whole is told of to those who want it as it was written.
        if not rules and (group.rules or not self._with_source):
            return None
        return {
            **({"source": msgspec.to_builtins(compiled.source)} if self._with_source else {}),
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
        with state.lock:
            highest = int(state.table.state[: len(state.table)].max(initial=0))
        shown |= {
            "type": "alerting",
            "state": _STATES[highest],
            "duration": rule.for_ms / 1000,
            "keepFiringFor": rule.keep_ms / 1000,
            "annotations": {name: template.source for name, template in rule.annotations},
        }
        if not self._without_alerts:
            shown["alerts"] = orjson.Fragment(b"[" + b",".join(alerts_json(state, service, narrowing)) + b"]")
        return shown


def _labels(state: RuleState) -> Labels:
    return Labels.of((name, template.source) for name, template in state.rule.labels)


def alerts_json(state: RuleState, service: RuleService, narrowing: Narrowing = ()) -> list[bytes]:
    """Each of a rule's alerts that are pending or firing as a JSON object.

    There may be 100,000 of one rule: what is the same for many is written once, the rest joined from finished pieces.
    """
    around = service.surroundings(state.group.project, max(state.evaluated_ms, 0))
    with state.lock:
        table = state.table
        rows = table.active
        if narrowing:
            rows = np.array([row for row in rows.tolist() if matches_all(table.labels[row], narrowing)], dtype=np.int64)
        numbers = rows.tolist()
        labels = [table.labels[row].json for row in numbers]
        annotations = state.annotations_of(numbers, around)
        states, since = table.state[rows].tolist(), table.active_ms[rows].tolist()
        kept_since = table.keep_since_ms[rows].tolist()
        flapping = [count > 1 for count in table.flaps[rows].tolist()]
        for place in [place for place, may_be in enumerate(flapping) if may_be]:
            flapping[place] = table.is_flapping(numbers[place], state.evaluated_ms)
        values = _exponents(table.value[rows])
    key = orjson.dumps(state.key)
    ends: dict[tuple[int, int, int, bool], tuple[bytes, bytes]] = {}
    found = []
    moments = zip(states, since, kept_since, flapping, strict=True)
    for one, said, value, what in zip(labels, annotations, values, moments, strict=True):
        around_value = ends.get(what)
        if around_value is None:
            around_value = ends[what] = _around_value(*what, key)
        before, after = around_value
        found.append(b'{"labels":%b,"annotations":%b%b%b%b' % (one, said.json, before, value, after))
    return found


def _around_value(number: int, active_ms: int, keep_ms: int, is_flapping: bool, key: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the value of an alert."""
    before = f',"state":"{_STATES[number]}","activeAt":"{_moment(active_ms)}","value":"'
    kept = f',"keepFiringSince":"{_moment(keep_ms)}"' if keep_ms >= 0 else ""
    flapping = ',"flapping":true' if is_flapping else ""
    return before.encode(), b'","rule":%b%b}' % (key, (kept + flapping).encode())


def _exponents(values: FloatArray) -> list[bytes]:
    """As Go's %e with as many digits as are needed; equal ones are written once."""
    distinct, places = np.unique(values, return_inverse=True)
    texts = [_exponent(value) for value in distinct.tolist()]
    return [texts[place] for place in places.tolist()]


def _exponent(value: float) -> bytes:
    if math.isnan(value):
        return b"NaN"
    if math.isinf(value):
        return b"+Inf" if value > 0 else b"-Inf"
    figures, _, power = f"{Decimal(repr(value)).normalize():e}".partition("e")
    return f"{figures}e{power[0]}{power[1:]:0>2}".encode()


def _moment(time_ms: int) -> str:
    if time_ms < 0:
        return _NEVER_TEXT
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
