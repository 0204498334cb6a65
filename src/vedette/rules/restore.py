"""After a restart alerts go on as the series ALERTS and ALERTS_FOR_STATE say that they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import structlog

from vedette.errors import VedetteError
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import is_stale
from vedette.model.timerange import TimeRange
from vedette.rules.evaluation import ALERT_STATE, ALERTS, FOR_STATE, Moment, RuleState
from vedette.storage.interface import SelectHints, Storage

_log = structlog.get_logger(__name__)

MomentOf = Callable[[str, int, int], Moment]
"""What rules of a project are evaluated with at `time_ms`, about the data of `query_ms`."""


def restore(
    storage: Storage,
    project: str,
    states: Iterable[RuleState],
    now_ms: int,
    tolerance_ms: int,
    grace_ms: int,
    moment_of: MomentOf,
) -> int:
    """Put back the alerts of rules of a project that have just been made; how many. Raises VedetteErrors.

    Firing alerts fire on. Pending ones have waited as long as they had before the server went away. All have the
    values that they had then.
    """
    waiting = [state for state in states if state.rule.is_alert]
    if not waiting:
        return 0
    time_range, until_ms = TimeRange(now_ms - tolerance_ms, now_ms), now_ms + grace_ms
    firing = _firing(storage, project, time_range)
    by_name: dict[str, list[RuleState]] = {}
    for state in waiting:
        by_name.setdefault(state.rule.name, []).append(state)
    count = 0
    last_ms: dict[RuleState, int] = {}
    for series, down_ms, value in _newest(storage, project, FOR_STATE, time_range):
        labels = series.drop((METRIC_NAME,))
        fitting = [state for state in by_name.get(labels.get("alertname"), ()) if _fits(state, labels)]
        is_firing = series in firing
        active_ms = round(value * 1000) + (0 if is_firing else now_ms - down_ms)
        count += bool(fitting)
        if len(fitting) == 1:
            (state,) = fitting
            state.table.restore(labels, active_ms, firing=is_firing, for_ms=state.rule.for_ms, until_ms=until_ms)
            last_ms[state] = max(down_ms, last_ms.get(state, down_ms))
        for state in fitting if len(fitting) > 1 else ():
            # Whose it is shows when the rules are evaluated.
            state.table.remember(labels, active_ms, firing=is_firing)
    for state, query_ms in last_ms.items():
        _recall(state, moment_of(project, query_ms + state.group.query_offset_ms, query_ms))
    return count


def _firing(storage: Storage, project: str, time_range: TimeRange) -> set[Labels]:
    """Of those that were firing, the labels of what says since when they wait."""
    return {
        labels.drop((ALERT_STATE,)).with_label(METRIC_NAME, FOR_STATE)
        for labels, _, _ in _newest(storage, project, ALERTS, time_range)
        if labels.get(ALERT_STATE) == "firing"
    }


def _recall(state: RuleState, moment: Moment) -> None:
    try:
        state.recall(moment)
    except VedetteError as error:
        # Alerts without a value are better than none; the next evaluation has it.
        _log.debug("values_not_restored", rule=state.key, error=error.message)


def _newest(storage: Storage, project: str, name: str, time_range: TimeRange) -> Iterator[tuple[Labels, int, float]]:
    """(labels, time in ms, value) of the newest sample of each series that has not ended."""
    matchers = [Matcher(METRIC_NAME, MatchOp.EQUAL, name)]
    selection = storage.select(project, matchers, time_range, SelectHints(latest_at_ms=time_range.end_ms))
    for part in selection.parts:
        grid = part.load()
        for index, row in enumerate(part.series):
            times, values = grid.row(index)
            if len(times) and not is_stale(values[-1:])[0]:
                yield selection.labels[row], int(times[-1]), float(values[-1])


def _fits(state: RuleState, labels: Labels) -> bool:
    return all(not template.is_constant or labels.get(name) == template.source for name, template in state.rule.labels)
