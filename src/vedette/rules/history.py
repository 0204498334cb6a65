"""What alerts were when, told from the series that rules have written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from vedette.model.alert import AlertState
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import FloatArray, IntArray, is_stale
from vedette.model.timerange import TimeRange
from vedette.rules.evaluation import ALERT_STATE, ALERTS
from vedette.storage.interface import Storage

GAP_MS = 300_000
"""A series without samples for this long was over meanwhile, unless its samples are always that far apart."""


class Period(Struct, frozen=True):
    """An alert in one state, from the first evaluation that said so to the first that did not; milliseconds."""

    labels: Labels
    state: AlertState
    start_ms: int
    end_ms: int
    is_open: bool = False
    """Whether it still is so at the end of what was asked for."""


def periods(
    storage: Storage, project: str, matchers: Sequence[Matcher], time_range: TimeRange, now_ms: int, limit: int
) -> list[Period]:
    """Of the alerts that fulfil all matchers, newest first, at most `limit`."""
    name = Matcher(METRIC_NAME, MatchOp.EQUAL, ALERTS)
    selection = storage.select(project, (name, *matchers), time_range)
    found: list[Period] = []
    for part in selection.parts:
        grid = part.load()
        for index, row in enumerate(part.series):
            series = selection.labels[row]
            state = AlertState.FIRING if series.get(ALERT_STATE) == "firing" else AlertState.PENDING
            labels = series.drop((METRIC_NAME, ALERT_STATE))
            ending_ms = min(time_range.end_ms, now_ms)
            for start_ms, end_ms, is_open in _runs(*grid.row(index), ending_ms):
                found.append(Period(labels, state, start_ms, end_ms, is_open))
    found.sort(key=lambda period: (-period.start_ms, period.labels.pairs))
    return found[:limit]


def _runs(times: IntArray, values: FloatArray, ending_ms: int) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it goes on) of each stretch of samples that follow each other."""
    if not len(times):
        return
    stale = is_stale(np.ascontiguousarray(values))
    gaps = np.diff(times)
    usual_ms = float(np.median(gaps)) if len(gaps) else 0.0
    broken = gaps > max(GAP_MS, 2.5 * usual_ms)
    # A stretch begins with a sample behind an end, a gap or nothing.
    begins = ~stale & np.concatenate(([True], stale[:-1] | broken))
    ends = np.flatnonzero(np.concatenate((begins[1:] | stale[1:], [True])) & ~stale)
    for first, last in zip(np.flatnonzero(begins).tolist(), ends.tolist(), strict=True):
        following = last + 1
        if following < len(times) and stale[following]:
            yield int(times[first]), int(times[following]), False
        else:
            is_open = following == len(times) and ending_ms - int(times[last]) <= max(GAP_MS, 2.5 * usual_ms)
            yield int(times[first]), int(times[last]), is_open
