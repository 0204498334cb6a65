"""Queries under way: who asks what since when, and a turn for each."""

from __future__ import annotations

import itertools
import threading

from msgspec import Struct

from vedette.clock import Clock
from vedette.errors import NotFound, TooBusy
from vedette.promql.context import QueryContext


class RunningQuery(Struct, frozen=True):
    """A query as the list of running ones shows it; times in milliseconds, `step_ms` 0 for an instant query."""

    id: str
    project: str
    text: str
    start_ms: int
    end_ms: int
    step_ms: int
    started_ms: int
    elapsed_s: float
    waiting: bool
    samples: int

    def as_json(self) -> dict[str, object]:
        """The wire shape."""
        return {
            "id": self.id,
            "project": self.project,
            "query": self.text,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "step_ms": self.step_ms,
            "started_ms": self.started_ms,
            "elapsed_s": round(self.elapsed_s, 6),
            "waiting": self.waiting,
            "samples": self.samples,
        }


class Ticket(Struct):
    """A place in the list; give it back with `Running.leave`."""

    number: int
    text: str
    start_ms: int
    end_ms: int
    step_ms: int
    started_ms: int
    context: QueryContext
    has_turn: bool = False


class Running:
    """The list of running queries and their turns. Thread-safe."""

    def __init__(self, clock: Clock, max_concurrent: int, max_waiting: int) -> None:
        """0 switches a bound off."""
        self._clock = clock
        self._max_concurrent = max_concurrent
        self._max_waiting = max_waiting
        self._lock = threading.Lock()
        self._turn_is_free = threading.Condition(self._lock)
        self._tickets: dict[int, Ticket] = {}
        self._numbers = itertools.count(1)
        self._turns = 0

    def enter(
        self,
        text: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        context: QueryContext,
        *,
        try_turn: bool = False,
        max_of_project: int | None = None,
    ) -> Ticket:
        """Put a query on the list, with a turn if asked to `try_turn` and one is free; never waits.

        Raises TooBusy when too many wait already, or the project has `max_of_project` queries on the list: to let
        those wait would keep turns from other projects.
        """
        ticket = Ticket(next(self._numbers), text, start_ms, end_ms, step_ms, self._clock.now_ms(), context)
        with self._lock:
            if max_of_project is not None and self._of_project(context.project) >= max_of_project:
                raise TooBusy(
                    f"project {context.project} has max_concurrent_queries = {max_of_project} queries under way",
                    limit="max_concurrent_queries",
                    value=max_of_project,
                )
            waiting = len(self._tickets) - self._turns
            if self._max_waiting and self._max_concurrent and waiting >= self._max_waiting:
                raise TooBusy(
                    f"{waiting} queries are waiting already, as many as query.max_waiting allows",
                    limit="query.max_waiting",
                    value=self._max_waiting,
                )
            self._tickets[ticket.number] = ticket
            if try_turn and (not self._max_concurrent or self._turns < self._max_concurrent):
                ticket.has_turn = True
                self._turns += 1
        return ticket

    def of_project(self, project: str) -> int:
        """How many queries of a project are on the list."""
        with self._lock:
            return self._of_project(project)

    def _of_project(self, project: str) -> int:
        return sum(ticket.context.project == project for ticket in self._tickets.values())

    def take_turn(self, ticket: Ticket) -> None:
        """Wait until the query may be evaluated. Raises Cancelled or Timeout."""
        if ticket.has_turn:
            return
        with self._lock:
            while self._max_concurrent and self._turns >= self._max_concurrent:
                ticket.context.check()
                self._turn_is_free.wait(timeout=0.1)
            ticket.has_turn = True
            self._turns += 1

    def leave(self, ticket: Ticket) -> None:
        """Take a query off the list; may be called again."""
        with self._lock:
            if self._tickets.pop(ticket.number, None) is None:
                return
            if ticket.has_turn:
                ticket.has_turn = False
                self._turns -= 1
                if len(self._tickets) > self._turns:
                    self._turn_is_free.notify()

    def list(self) -> list[RunningQuery]:
        """All queries on the list, oldest first."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            tickets = list(self._tickets.values())
        return [
            RunningQuery(
                id=str(ticket.number),
                project=ticket.context.project,
                text=ticket.text,
                start_ms=ticket.start_ms,
                end_ms=ticket.end_ms,
                step_ms=ticket.step_ms,
                started_ms=ticket.started_ms,
                elapsed_s=now_s - ticket.context.started_s,
                waiting=not ticket.has_turn,
                samples=ticket.context.stats.samples_read,
            )
            for ticket in tickets
        ]

    def kill(self, query_id: str, project: str) -> None:
        """Make a query of a project end with an error. Raises NotFound."""
        with self._lock:
            ticket = self._tickets.get(int(query_id)) if query_id.isdecimal() and len(query_id) < 20 else None
        if ticket is None or ticket.context.project != project:
            raise NotFound(f"no query with id {query_id!r} is running")
        ticket.context.cancel("query was killed by an operator")
