"""The state machine of a rule's alerts, over columns: a step costs the same few array operations for one or 100,000."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vedette.errors import LimitExceeded
from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray, IntArray

INACTIVE: Final = 0
PENDING: Final = 1
FIRING: Final = 2
NEVER: Final = -(2**62)
"""In place of a moment that has not come."""
RETENTION_MS: Final = 15 * 60_000
"""How long a resolved alert is kept, so that whoever listens can be told again."""
FLAP_WINDOW_MS: Final = 3_600_000
FLAP_COUNT: Final = 5
"""An alert that began to fire this often within the window flaps."""

StateArray = npt.NDArray[np.int8]


class Timing(Struct, frozen=True):
    """How a rule's alerts come and go; milliseconds."""

    for_ms: int = 0
    keep_ms: int = 0
    cooldown_ms: int = 0
    limit: int = 0


class Step(Struct, frozen=True):
    """Rows that changed; they keep their numbers until the next step."""

    fired: IntArray
    resolved: IntArray


class AlertTable:
    """All alerts of one rule. Not thread-safe. A row's moments are `NEVER` until they come.

    labels, results     each row's own labels, and those of the series that it comes from
    state               INACTIVE (resolved, and remembered for some time), PENDING or FIRING
    active_ms .. value  columns of the same length
    """

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.labels: list[Labels] = []
        self.results: list[Labels] = []
        self._row_of: dict[Labels, int] = {}
        self._capacity = 0
        self._dead = False
        self._last: tuple[Sequence[Labels], IntArray] | None = None
        self._remembered: dict[Labels, tuple[int, bool]] = {}
        self.state: StateArray = np.empty(0, dtype=np.int8)
        self.written: StateArray = np.empty(0, dtype=np.int8)
        """The state that was last written as a series."""
        self.active_ms: IntArray = np.empty(0, dtype=np.int64)
        self.fired_ms: IntArray = np.empty(0, dtype=np.int64)
        self.resolved_ms: IntArray = np.empty(0, dtype=np.int64)
        self.keep_since_ms: IntArray = np.empty(0, dtype=np.int64)
        self.believed_until_ms: IntArray = np.empty(0, dtype=np.int64)
        """After a restart: how long it stays as it was even if nothing confirms it."""
        self.sent_ms: IntArray = np.empty(0, dtype=np.int64)
        self.flaps_since_ms: IntArray = np.empty(0, dtype=np.int64)
        self.flaps: IntArray = np.empty(0, dtype=np.int64)
        self.value: FloatArray = np.empty(0)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def active(self) -> IntArray:
        """Rows that are pending or firing."""
        return np.flatnonzero(self.state[: len(self)] != INACTIVE)

    def has_state(self, state: int) -> bool:
        """Whether any row has it."""
        return bool((self.state[: len(self)] == state).any())

    def step(
        self,
        time_ms: int,
        labels: Sequence[Labels],
        results: Sequence[Labels],
        values: FloatArray,
        kept: Iterable[Labels] = (),
    ) -> Step:
        """One evaluation: `labels` are the distinct alerts whose condition holds, `values` theirs, `results` the
        series they come from; `kept` are alerts that go on if they fire. The same list object again is quicker.

        Raises LimitExceeded when more are active than may be; then all are forgotten, as in Prometheus.
        """
        rows = self._rows(labels, results)
        count, timing = len(self), self.timing
        state, active, keep_since = self.state[:count], self.active_ms[:count], self.keep_since_ms[:count]
        self.value[rows] = values
        fresh = rows[state[rows] == INACTIVE]
        state[fresh], active[fresh] = PENDING, time_ms
        self._adopt(fresh)
        keep_since[rows] = NEVER
        self.believed_until_ms[rows] = NEVER
        seen = np.zeros(count, dtype=np.bool_)
        seen[rows] = True
        resolved = self._end(time_ms, seen, kept)
        waited = (time_ms - active >= timing.for_ms) & (time_ms - self.resolved_ms[:count] >= timing.cooldown_ms)
        fired = np.flatnonzero((state == PENDING) & seen & waited)
        self._check_limit()
        self._fire(fired, time_ms)
        return Step(fired, resolved)

    def _end(self, time_ms: int, seen: BoolArray, kept: Iterable[Labels]) -> IntArray:
        """What is no longer seen; rows that are resolved now."""
        count = len(self)
        state, resolved_ms = self.state[:count], self.resolved_ms[:count]
        if not (~seen).any():
            return np.empty(0, dtype=np.int64)
        missing = ~seen & (state != INACTIVE)
        held = missing & (time_ms < self.believed_until_ms[:count])
        firing = missing & (state == FIRING)
        keep_since = self.keep_since_ms[:count]
        for one in kept:
            row = self._row_of.get(one)
            if row is not None and firing[row]:
                held[row] = True
                keep_since[row] = NEVER
        if self.timing.keep_ms:
            begun = firing & ~held & (keep_since == NEVER)
            keep_since[begun] = time_ms
            held |= firing & (time_ms - keep_since < self.timing.keep_ms)
        ended = missing & ~held
        resolved = np.flatnonzero(ended & (state == FIRING))
        state[ended] = INACTIVE
        resolved_ms[resolved] = time_ms
        remembered_ms = max(RETENTION_MS, self.timing.cooldown_ms)
        self._dead = bool(((state == INACTIVE) & (time_ms - resolved_ms > remembered_ms)).any())
        self._now_ms = time_ms
        return resolved

    def _fire(self, rows: IntArray, time_ms: int) -> None:
        self.state[rows] = FIRING
        self.fired_ms[rows] = time_ms
        self.resolved_ms[rows] = NEVER
        again = rows[time_ms - self.flaps_since_ms[rows] > FLAP_WINDOW_MS]
        self.flaps_since_ms[again], self.flaps[again] = time_ms, 0
        self.flaps[rows] += 1

    def _check_limit(self) -> None:
        limit = self.timing.limit
        count = len(self.active) if limit else 0
        if limit and count > limit:
            self.clear()
            raise LimitExceeded(f"exceeded limit of {limit} with {count} alerts", limit="limit", value=limit)

    def is_flapping(self, row: int, time_ms: int) -> bool:
        """Whether it came and went often of late."""
        return bool(self.flaps[row] >= FLAP_COUNT and time_ms - self.flaps_since_ms[row] <= FLAP_WINDOW_MS)

    def restore(self, labels: Labels, active_ms: int, *, firing: bool, for_ms: int, until_ms: int) -> None:
        """Put back an alert as it was before a restart; until then it stays so even if nothing confirms it."""
        row = self._add(labels, labels)
        self.state[row] = FIRING if firing else PENDING
        self.written[row] = self.state[row]
        self.active_ms[row] = active_ms
        self.believed_until_ms[row] = until_ms
        if firing:
            self.fired_ms[row] = active_ms + for_ms

    def recall(self, labels: Iterable[Labels], results: Sequence[Labels], values: FloatArray) -> None:
        """Give alerts that are there their values and the series that they come from; others stay away."""
        for one, result, value in zip(labels, results, values.tolist(), strict=True):
            row = self._row_of.get(one)
            if row is not None:
                self.results[row], self.value[row] = result, value

    def remember(self, labels: Labels, active_ms: int, *, firing: bool) -> None:
        """What an alert was before a restart, should it turn out to be one of this rule."""
        self._remembered[labels] = active_ms, firing

    def clear(self) -> None:
        """Forget all."""
        self.__init__(self.timing)  # type: ignore[misc]  # the empty table is what a new one is

    def sweep(self) -> None:
        """Give up rows that are long resolved; others get new numbers."""
        if not self._dead:
            return
        self._dead = False
        count = len(self)
        state = self.state[:count]
        remembered_ms = max(RETENTION_MS, self.timing.cooldown_ms)
        live = (state != INACTIVE) | (self._now_ms - self.resolved_ms[:count] <= remembered_ms)
        keep = np.flatnonzero(live)
        for name in _COLUMNS:
            column = getattr(self, name)
            column[: len(keep)] = column[:count][keep]
        self.labels = [self.labels[row] for row in keep.tolist()]
        self.results = [self.results[row] for row in keep.tolist()]
        self._row_of = {labels: row for row, labels in enumerate(self.labels)}
        self._last = None

    _now_ms = NEVER

    def _adopt(self, rows: IntArray) -> None:
        for row in rows.tolist() if self._remembered else ():
            found = self._remembered.pop(self.labels[row], None)
            if found is not None:
                self.active_ms[row] = found[0]
                if found[1]:
                    self.state[row] = FIRING
                    self.fired_ms[row] = found[0] + self.timing.for_ms

    def _rows(self, labels: Sequence[Labels], results: Sequence[Labels]) -> IntArray:
        if self._last is not None and self._last[0] is labels:
            return self._last[1]
        row_of, rows = self._row_of, np.empty(len(labels), dtype=np.int64)
        for place, one in enumerate(labels):
            row = row_of.get(one)
            if row is None:
                row = self._add(one, results[place])
            else:
                self.results[row] = results[place]
            rows[place] = row
        self._last = labels, rows
        return rows

    def _add(self, labels: Labels, result: Labels) -> int:
        row = len(self.labels)
        if row == self._capacity:
            self._grow()
        for name, empty in _COLUMNS.items():
            getattr(self, name)[row] = empty
        self.labels.append(labels)
        self.results.append(result)
        self._row_of[labels] = row
        return row

    def _grow(self) -> None:
        self._capacity = max(8, self._capacity * 2)
        for name in _COLUMNS:
            column = getattr(self, name)
            larger = np.empty(self._capacity, dtype=column.dtype)
            larger[: len(column)] = column
            setattr(self, name, larger)


_COLUMNS: Final[dict[str, float]] = {
    "state": INACTIVE,
    "written": INACTIVE,
    "active_ms": NEVER,
    "fired_ms": NEVER,
    "resolved_ms": NEVER,
    "keep_since_ms": NEVER,
    "believed_until_ms": NEVER,
    "sent_ms": NEVER,
    "flaps_since_ms": NEVER,
    "flaps": 0,
    "value": float("nan"),
}
"""Each column with what a new row has."""
