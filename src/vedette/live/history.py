"""What a client missed: read once, when it comes back."""

from __future__ import annotations

import numpy as np

from vedette.live.protocol import frame_tail
from vedette.live.question import Evaluate, QuestionState, as_frame, encode_rows, pivot
from vedette.live.settings import LiveSettings
from vedette.model.timerange import TimeRange
from vedette.storage.interface import Storage


def missed_frame(
    state: QuestionState, storage: Storage, evaluate: Evaluate, since_ms: int, now_ms: int, settings: LiveSettings
) -> str | None:
    """The tail of a frame with everything after `since_ms` (0: just the present value), or None when there is nothing.

    Blocking. At most `max_backfill_points` moments, the newest ones.
    """
    if state.question.raw:
        return _missed_samples(state, storage, since_ms, now_ms, settings) if since_ms else None
    question = state.question
    step_ms = question.step_ms
    end_ms = now_ms - now_ms % step_ms
    start_ms = since_ms - since_ms % step_ms + step_ms if since_ms else end_ms
    start_ms = max(start_ms, end_ms - (settings.max_backfill_points - 1) * step_ms)
    if start_ms > end_ms:
        return None
    frame = as_frame(evaluate(question.project, question.text, start_ms, end_ms, step_ms, question.matchers))
    keys = [state.key_of(labels, settings.max_series) for labels in frame.labels]
    return frame_tail(frame.timestamps_ms, encode_rows(frame, keys), now_ms, 0)


def _missed_samples(
    state: QuestionState, storage: Storage, since_ms: int, now_ms: int, settings: LiveSettings
) -> str | None:
    selection = storage.select(state.question.project, state.selectors[0], TimeRange(since_ms + 1, now_ms))
    keys, times, values = [], [], []
    for part in selection.parts:
        grid = part.load()
        for index, labels in enumerate(grid.labels):
            key = state.key_of(labels, settings.max_series)
            row_times, row_values = grid.row(index)
            if key >= 0 and len(row_times):
                row_times = row_times[-settings.max_backfill_points :]
                keys.append(np.full(len(row_times), key))
                times.append(row_times)
                values.append(row_values[-settings.max_backfill_points :])
    if not keys:
        return None
    moments, columns = pivot(np.concatenate(keys), np.concatenate(times), np.concatenate(values))
    return frame_tail(moments, columns, now_ms, 0)
