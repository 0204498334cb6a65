"""The loader: pieces of files through the pipeline into blocks; what is wrong with a line is reported, not fatal."""

from __future__ import annotations

import csv
import dataclasses
import io
import threading
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from prometheus_client import CollectorRegistry

from vedette.clock import Clock
from vedette.errors import BadData, LimitExceeded
from vedette.ingest.backfill.gather import BlockStore, Gatherer
from vedette.ingest.backfill.media import CONTENT_TYPES, Media
from vedette.ingest.backfill.tables import RowColumns, columns_of, label_columns
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.report import IngestReport
from vedette.ingest.settings import IngestSettings, SeriesLimits
from vedette.ingest.steps import Candidates, Privacy
from vedette.model.batch import SampleBatch
from vedette.model.timerange import MIN_TIME_MS

MAX_ROWS: Final = 5_000_000
"""Rows of one Parquet body."""
_BATCH_ROWS = 100_000
_UNLIMITED = 2**40


class Loader:
    """Adds pieces of one project; call `flush` to make them durable. Thread-safe."""

    def __init__(
        self,
        store: BlockStore,
        clock: Clock,
        settings: IngestSettings,
        project: str,
        retention_ms: int = 0,
        privacy: Privacy | None = None,
    ) -> None:
        """Samples older than the retention would be deleted at once, so they are refused; 0 keeps all."""
        # Limits of cardinality are about series that are alive; those of labels hold for old series, too.
        series = dataclasses.replace(
            settings.series,
            max_active_series=_UNLIMITED,
            max_active_series_per_metric=_UNLIMITED,
            max_new_series_per_hour=_UNLIMITED,
        )
        self._limits: SeriesLimits = series
        self._gatherer = Gatherer(store, lambda: clock.now_ms() - retention_ms if retention_ms else MIN_TIME_MS)
        self._clock = clock
        self._project = project
        settings = dataclasses.replace(settings, series=series)
        self._pipeline = Pipeline(self._gatherer, clock, settings, CollectorRegistry(), privacy)
        self._source = self._pipeline.source(project, "exposition")
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Samples that are not yet durable."""
        return self._gatherer.samples

    @property
    def series_count(self) -> int:
        """Series that are remembered; a loader that lives long is better replaced when there are many."""
        return self._gatherer.series_count

    def add(self, media: Media, body: bytes, metric: str = "") -> IngestReport:
        """Take in one piece; `metric` names samples of tables without such a column. Raises BadData."""
        with self._lock:
            if media in (Media.TEXT, Media.OPENMETRICS):
                written = self._source.write_exposition(
                    body, content_type=CONTENT_TYPES[media], default_timestamp_ms=self._clock.now_ms()
                )
                return written.report
            report = IngestReport()
            try:
                for batch in _batches(media, body):
                    self._add_rows(columns_of(batch, metric), report)
            except UnicodeDecodeError as error:
                raise BadData(f"a name or label is not UTF-8: {error.object[:100]!r}") from None
            return report

    def flush(self) -> int:
        """Store what was added durably; the number of samples."""
        with self._lock:
            return self._gatherer.flush()

    def _add_rows(self, columns: RowColumns, report: IngestReport) -> None:
        counts = np.bincount(columns.series, minlength=len(columns.labels)).astype(np.int64)
        candidates = Candidates(self._project, list(columns.labels), None, self._limits)
        refs = self._pipeline.admit(candidates, report, counts)[columns.series]
        kept = refs >= 0
        batch = SampleBatch(refs[kept], columns.timestamps_ms[kept], columns.values[kept])
        self._pipeline.append(self._project, batch, report)


def _batches(media: Media, body: bytes) -> Iterator[pa.RecordBatch]:
    try:
        if media is Media.CSV:
            yield from _read_csv(body).to_batches()
            return
        metadata = pq.read_metadata(io.BytesIO(body))
        if metadata.num_rows > MAX_ROWS:
            raise LimitExceeded(
                f"{metadata.num_rows} rows in one body, more than {MAX_ROWS}", limit="max_rows", value=MAX_ROWS
            )
        # Labels stay dictionaries: written out they could be a million times the size of the file.
        labels = label_columns(metadata.schema.to_arrow_schema().names)
        yield from pq.ParquetFile(io.BytesIO(body), read_dictionary=labels).iter_batches(_BATCH_ROWS)
    except (pa.ArrowException, OSError, csv.Error) as error:
        raise BadData(f"not {media} that can be read: {str(error)[:300]}") from None


def _read_csv(body: bytes) -> pa.Table:
    """Labels stay the texts they are: a version 1.10 is no number."""
    header = next(csv.reader(io.StringIO(body.partition(b"\n")[0].decode("utf-8", "replace"))), [])
    labels = label_columns([name.strip() for name in header])
    return pa_csv.read_csv(
        io.BytesIO(body),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in labels}, strings_can_be_null=False
        ),
    )
