"""Exported tables: a row for each sample; labels first, then `timestamp` and `value`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from vedette.exposition.cells import plain_cell
from vedette.ingest.backfill.tables import MOMENT, VALUE
from vedette.model.grid import Grid
from vedette.model.special import is_stale


class Table(Protocol):
    """A table that is being written."""

    def write(self, grid: Grid) -> int:
        """Add the samples of a grid; how many rows that made."""
        ...


class _ParquetTable:
    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write(self, grid: Grid) -> int:
        batch = _batch(grid, self._schema, keep_stale=True)
        if batch.num_rows:
            self._writer.write_table(pa.Table.from_batches([batch]))
        return int(batch.num_rows)


class _CsvTable:
    def __init__(self, writer: pa_csv.CSVWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write(self, grid: Grid) -> int:
        batch = _batch(grid, self._schema, keep_stale=False)
        # As text with an offset, which is what `vedette load` and spreadsheets read.
        plain = [batch.column(name).cast(pa.string()) for name in batch.schema.names[:-2]]
        texts = pc.strftime(batch.column(MOMENT), format="%Y-%m-%dT%H:%M:%SZ")
        self._writer.write_batch(
            pa.record_batch(
                [*plain, texts, batch.column(VALUE)], names=[plain_cell(name) for name in batch.schema.names]
            )
        )
        return int(batch.num_rows)


@contextmanager
def open_table(path: Path, form: str, label_names: Sequence[str]) -> Iterator[Table]:
    """A table of `parquet` or `csv` with these labels."""
    schema = pa.schema(
        [
            *(pa.field(name, pa.dictionary(pa.int32(), pa.string())) for name in label_names),
            pa.field(MOMENT, pa.timestamp("ms", "UTC")),
            pa.field(VALUE, pa.float64()),
        ]
    )
    if form == "parquet":
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            yield _ParquetTable(writer, schema)
        return
    names = [plain_cell(name) for name in schema.names]
    texts = pa.schema([pa.field(name, pa.float64() if name == VALUE else pa.string()) for name in names])
    with pa_csv.CSVWriter(path, texts) as csv_writer:
        yield _CsvTable(csv_writer, schema)


def _batch(grid: Grid, schema: pa.Schema, *, keep_stale: bool) -> pa.RecordBatch:
    rows = [grid.row(index) for index in range(len(grid))]
    lengths = np.array([len(times) for times, _ in rows], dtype=np.int64)
    times = np.concatenate([times for times, _ in rows]) if rows else np.empty(0, dtype=np.int64)
    values = np.concatenate([values for _, values in rows]) if rows else np.empty(0)
    series = np.repeat(np.arange(len(rows)), lengths)
    if not keep_stale:
        kept = ~is_stale(np.ascontiguousarray(values))
        times, values, series = times[kept], values[kept], series[kept]
    columns = []
    for name in schema.names[:-2]:
        texts = [labels.get(name) or None for labels in grid.labels]
        distinct = {text: code for code, text in enumerate(dict.fromkeys(text for text in texts if text is not None))}
        codes = np.array([-1 if text is None else distinct[text] for text in texts], dtype=np.int32)[series]
        dictionary = pa.array(
            [plain_cell(text) for text in distinct] if not keep_stale else list(distinct), pa.string()
        )
        columns.append(pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), dictionary))
    moments = pa.array(times, pa.int64()).cast(pa.timestamp("ms", "UTC"))
    return pa.record_batch([*columns, moments, pa.array(values)], schema=schema)
