"""Tells alerts that fire or are resolved to whoever wants to know, and again until they have been taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote_plus

import numpy as np
import structlog

from vedette.errors import VedetteError
from vedette.model.alert import Alert, AlertSink
from vedette.rules.evaluation import RuleState
from vedette.rules.group import GroupState
from vedette.rules.state import FIRING, INACTIVE, NEVER
from vedette.rules.templates.expand import Surroundings

_log = structlog.get_logger(__name__)
_BELIEVED: int = 4
"""A firing alert is to be believed for this many of the longer of interval and `resend_ms`."""

Around = Callable[[str, int], Surroundings]
"""What templates of a project may look at, at a moment in ms."""


class Sender:
    """Thread-safe for distinct groups."""

    def __init__(self, sink: AlertSink, around: Around, resend_ms: int) -> None:
        """Each of several processes tells what its own data says; who listens knows an alert by its labels."""
        self._sink = sink
        self._around = around
        self._resend_ms = resend_ms
        self._farewells: list[Alert] = []
        self._lock = threading.Lock()

    def send(self, groups: Iterable[GroupState], time_ms: int) -> None:
        """All that is due of these groups; what is not taken is due again."""
        told: list[tuple[RuleState, list[int]]] = []
        alerts: list[Alert] = []
        for group in groups:
            for state in group.rules:
                if state.rule.is_alert and len(state.table):
                    rows = self._due(state, time_ms)
                    if rows:
                        told.append((state, rows))
        for state, rows in told:
            around = self._around(state.group.project, time_ms)
            ends_ms = time_ms + _BELIEVED * max(self._resend_ms, state.group.interval_ms)
            url = generator_url(around.external_url, state.rule.text)
            alerts += [state.alert(row, around, ends_ms=ends_ms, generator_url=url) for row in rows]
        if self._tell(alerts):
            for state, rows in told:
                state.table.sent_ms[rows] = time_ms

    def dismiss(self, states: Iterable[RuleState], time_ms: int) -> None:
        """Rules that are no more: their firing alerts are told as resolved by `part`."""
        farewells: list[Alert] = []
        for state in states:
            if not state.rule.is_alert:
                continue
            table, around = state.table, self._around(state.group.project, time_ms)
            rows = np.flatnonzero(table.state[: len(table)] == FIRING)
            table.state[rows], table.resolved_ms[rows] = INACTIVE, time_ms
            farewells += [state.alert(row, around) for row in rows.tolist()]
        with self._lock:
            self._farewells += farewells

    def part(self) -> None:
        """Tell the ends of rules that are no more; what is not taken is told with whatever is sent next."""
        self._tell(())

    def _tell(self, alerts: Sequence[Alert]) -> bool:
        """Whether they were taken."""
        with self._lock:
            farewells, self._farewells = self._farewells, []
        if not farewells and not alerts:
            return True
        try:
            self._sink.take([*farewells, *alerts])
        except VedetteError as error:
            with self._lock:
                self._farewells = [*farewells, *self._farewells]
            _log.warning("alerts_not_taken", alerts=len(farewells) + len(alerts), error=error.message)
            return False
        return True

    def _due(self, state: RuleState, time_ms: int) -> list[int]:
        table = state.table
        count = len(table)
        sent_ms, resolved_ms = table.sent_ms[:count], table.resolved_ms[:count]
        firing = (table.state[:count] == FIRING) & (time_ms - sent_ms >= self._resend_ms)
        # A new firing or a new end is told at once.
        changed = (table.state[:count] == FIRING) & (sent_ms < table.fired_ms[:count])
        over = (table.state[:count] == INACTIVE) & (resolved_ms != NEVER) & (sent_ms < resolved_ms)
        found: list[int] = np.flatnonzero(firing | changed | over).tolist()
        return found


def generator_url(external_url: str, text: str) -> str:
    """Where a rule's expression can be looked at."""
    return f"{external_url.rstrip('/')}/graph?g0.expr={quote_plus(text)}&g0.tab=1" if external_url else ""
