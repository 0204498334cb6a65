"""Deletion in heads: samples go at once, and what is known of the newest samples is put right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.tsdb.head import Head
from vedette.tsdb.head_table import NEVER_MS, NewestSamples
from vedette.tsdb.merge import latest_only
from vedette.tsdb.seal import head_columns


def delete_in_heads(heads: Sequence[Head], newest: NewestSamples, refs: IntArray, time_range: TimeRange) -> IntArray:
    """Remove samples of refs in the range; the refs that had some. The project's lock must be held."""
    touched = np.empty(0, dtype=np.int64)
    for head in heads:
        rows = np.unique(head.table.rows_of(refs))
        hit = head.delete(rows[rows >= 0], time_range)
        touched = np.union1d(touched, head.table.row_ref[hit]).astype(np.int64)
    newest.timestamps_ms[touched] = NEVER_MS
    for head in heads:
        rows = head.table.rows_of(touched)
        left = touched[rows >= 0]
        if len(left) == 0:
            continue
        last = latest_only(head_columns(head, rows[rows >= 0]))
        times = last.timestamps_ms[last.vector_starts[last.row_vector]]
        newer = times >= newest.timestamps_ms[left]
        newest.timestamps_ms[left[newer]] = times[newer]
        newest.values[left[newer]] = last.values[newer]
    return touched
