"""Quick questions share a trip to a worker thread: the way there and back costs more than their answers do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from vedette.clock import Clock
from vedette.errors import VedetteError
from vedette.live.question import Evaluate, QuestionState
from vedette.live.settings import LiveSettings

TRIP_S: Final = 0.005
"""What the questions of a trip took the last time, together; a slower one goes alone, as does one that is new."""


class Outcome(Struct, frozen=True):
    """What became of a question: the tail of a frame, an error, or nothing new."""

    state: QuestionState
    tail: str | None
    error: VedetteError | None
    took_s: float


def trips(due: Iterable[QuestionState]) -> Iterator[list[QuestionState]]:
    """The questions in as few trips as their times allow."""
    trip: list[QuestionState] = []
    together_s = 0.0
    for state in due:
        if trip and together_s + state.took_s > TRIP_S:
            yield trip
            trip, together_s = [], 0.0
        trip.append(state)
        together_s += state.took_s
    if trip:
        yield trip


def work_out(
    trip: Sequence[QuestionState], evaluate: Evaluate, now_ms: int, settings: LiveSettings, clock: Clock
) -> list[Outcome]:
    """Answer them one after the other; in a thread."""
    found = []
    for state in trip:
        began_s = clock.monotonic_s()
        tail, failure = None, None
        try:
            tail = state.work_out(evaluate, now_ms, settings)
        except VedetteError as error:
            failure = error
        found.append(Outcome(state, tail, failure, clock.monotonic_s() - began_s))
    return found
