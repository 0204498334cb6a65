"""Tables to columns: one row a sample, with a column each for the moment, the value and every label.

The moment is in a column `timestamp_ms` (whole milliseconds) or `timestamp` (a timestamp type, ISO 8601 text, or
seconds since 1970); the value in `value`. All other columns are labels; an empty or missing text is no label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vedette.errors import BadData
from vedette.exposition.cells import from_plain_cell
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.special import FloatArray, IntArray

MILLISECONDS: Final = "timestamp_ms"
MOMENT: Final = "timestamp"
VALUE: Final = "value"
_METRIC_COLUMNS: Final = ("metric", "name")


@dataclass(frozen=True, slots=True)
class RowColumns:
    """N samples of S series: series int64[N] are indexes into `labels`; timestamps_ms int64[N], values float64[N]."""

    labels: Sequence[Labels]
    series: IntArray
    timestamps_ms: IntArray
    values: FloatArray


def label_columns(names: list[str]) -> list[str]:
    """The columns that are labels. Raises BadData when moment or value are missing."""
    if MILLISECONDS not in names and MOMENT not in names:
        raise BadData(f"no column {MOMENT} or {MILLISECONDS} among {', '.join(names)}")
    if VALUE not in names:
        raise BadData(f"no column {VALUE} among {', '.join(names)}")
    return [name for name in names if name not in (MILLISECONDS, MOMENT, VALUE)]


def columns_of(batch: pa.RecordBatch, metric: str = "") -> RowColumns:
    """One batch of rows; `metric` names the series where no column does. Raises BadData."""
    names = label_columns(batch.schema.names)
    timestamps_ms = _timestamps_ms(batch)
    values = _values(batch.column(VALUE))
    codes, dictionaries = _encode(batch, names)
    first, series = _distinct(codes, [len(values) for values in dictionaries])
    labels = [_labels(row, names, dictionaries, metric) for row in codes[first].tolist()]
    return RowColumns(labels, series, timestamps_ms, values)


def _distinct(codes: IntArray, sizes: list[int]) -> tuple[IntArray, IntArray]:
    """A row of each distinct combination of codes, and which combination each row has."""
    if math.prod(size + 1 for size in sizes) < 2**62:
        # One number for a combination: sorting numbers is several times faster than sorting rows.
        keys = np.zeros(len(codes), dtype=np.int64)
        for index, size in enumerate(sizes):
            keys = keys * (size + 1) + (codes[:, index] + 1)
        _, first, series = np.unique(keys, return_index=True, return_inverse=True)
    else:
        _, first, series = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    return first, series.reshape(-1).astype(np.int64)


def _labels(row: list[int], names: list[str], dictionaries: list[list[Any]], metric: str) -> Labels:
    pairs = {}
    for name, values, code in zip(names, dictionaries, row, strict=True):
        value = values[code] if code >= 0 else None
        if value is not None and value != "":
            label = METRIC_NAME if name in _METRIC_COLUMNS and METRIC_NAME not in names else name
            pairs[label] = from_plain_cell(str(value))
    if metric:
        pairs.setdefault(METRIC_NAME, metric)
    if METRIC_NAME not in pairs:
        raise BadData(f"a row has no metric name: give a column {METRIC_NAME} or metric, or --metric NAME")
    return Labels.of(pairs)


def _encode(batch: pa.RecordBatch, names: list[str]) -> tuple[IntArray, list[list[Any]]]:
    """int64[N, L] codes of the label columns and what each code stands for; -1 is no value."""
    codes = np.empty((batch.num_rows, len(names)), dtype=np.int64)
    dictionaries = []
    for index, name in enumerate(names):
        column = batch.column(name)
        encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
        codes[:, index] = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        dictionaries.append(encoded.dictionary.to_pylist())
    return codes, dictionaries


def _timestamps_ms(batch: pa.RecordBatch) -> IntArray:
    name = MILLISECONDS if MILLISECONDS in batch.schema.names else MOMENT
    column = batch.column(name)
    if column.null_count:
        raise BadData(f"row {int(np.argmax(column.is_null().to_numpy(zero_copy_only=False))) + 1}: no {name}")
    try:
        if name == MILLISECONDS:
            found = column.cast(pa.int64())
        elif pa.types.is_timestamp(column.type):
            found = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.int64())
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            found = column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
        else:
            found = pc.round(pc.multiply(column.cast(pa.float64()), 1000.0)).cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise BadData(f"column {name}: {error}") from None
    return np.ascontiguousarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)


def _values(column: pa.Array) -> FloatArray:
    if column.null_count:
        raise BadData(f"row {int(np.argmax(column.is_null().to_numpy(zero_copy_only=False))) + 1}: no {VALUE}")
    try:
        return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise BadData(f"column {VALUE}: {error}") from None
