"""Restores a head from the log at start. Damaged records are left out, reported and kept for a human to look at."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct, field

from vedette.errors import Corruption, Unavailable
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.special import FloatArray, IntArray
from vedette.tsdb.deletion import delete_in_heads
from vedette.tsdb.files import ProjectFiles, replace_file
from vedette.tsdb.head import Head
from vedette.tsdb.registry import REFUSED, Registry
from vedette.tsdb.wal import segments
from vedette.tsdb.wal_records import (
    HEADER,
    SEGMENT_HEADER_BYTES,
    SEGMENT_MAGIC,
    Damage,
    Decoder,
    Record,
    RecordType,
    check_segment_header,
    read_records,
)

_GROUP_SAMPLES: Final = 50_000
"""Small batches are put into the head together."""
_NO_RECORDS: Final = "no valid records"


class ReplayReport(Struct):
    """What a replay found."""

    segments: int = 0
    records: int = 0
    samples: int = 0
    next_segment: int = 1
    damaged_bytes: int = 0
    lost_samples: int = 0
    """Samples of good records whose series were in damaged ones."""
    torn_bytes: int = 0
    """Cut from the end of the last segment: a batch that was being written when the process ended."""
    problems: list[str] = field(default_factory=list)


class Gap(Struct, frozen=True):
    """A stretch of a segment that could not be used."""

    damage: Damage
    records_before: int
    """Good records between the start of the segment and this stretch."""
    reason: str


class SegmentReading(Struct):
    """What reading one segment found."""

    number: int
    size: int
    header_problem: str = ""
    records: int = 0
    gaps: list[Gap] = field(default_factory=list)

    def torn_from(self, last: bool) -> int | None:
        """Where the last segment breaks off in the middle of a batch; None when it does not, or is damaged besides."""
        if not last or len(self.gaps) != 1 or self.header_problem:
            return None
        gap = self.gaps[0]
        return gap.damage.start if gap.damage.end == self.size and gap.reason == _NO_RECORDS else None

    @property
    def damaged_bytes(self) -> int:
        """How many bytes could not be used."""
        return sum(gap.damage.end - gap.damage.start for gap in self.gaps)


class Replay:
    """Reads all segments of a project into one head."""

    def __init__(self, files: ProjectFiles, registry: Registry, head: Head) -> None:
        self._files = files
        self._registry = registry
        self._head = head
        self._refs: IntArray = np.empty(0, dtype=np.int64)
        self._waiting: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._waiting_samples = 0
        self.metadata: dict[str, MetricMetadata] = {}
        self.report = ReplayReport()

    def run(self) -> ReplayReport:
        """Read everything. Raises Unavailable when a file cannot be read."""
        found = segments(self._files)
        for index, (number, path) in enumerate(found):
            self._segment(number, path, last=index == len(found) - 1)
            self.report.segments += 1
            self.report.next_segment = number + 1
        self._head.first_segment = found[0][0] if found else 1
        return self.report

    def _segment(self, number: int, path: Path, last: bool) -> None:
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < SEGMENT_HEADER_BYTES:
                    # Killed while it was being created; nothing in it was ever acknowledged.
                    if not last:
                        self.report.problems.append(f"log segment {number}: is empty, although a later one follows")
                    path.unlink()
                    return
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise Unavailable(f"log segment {path} cannot be read: {error.strerror}") from error
        view = memoryview(content)
        reading = self.read(number, view)
        view.release()
        self.report.records += reading.records
        self._settle(path, reading, last)

    def read(self, number: int, view: memoryview) -> SegmentReading:
        """Put what one segment holds into the head. Raises Corruption when it is of a newer version."""
        reading = SegmentReading(number, len(view))
        try:
            check_segment_header(view, number)
        except Corruption as error:
            reading.header_problem = error.message
            if bytes(view[:7]) == SEGMENT_MAGIC[:7] and view[7] > SEGMENT_MAGIC[7]:
                raise
        decoder = Decoder()
        self._refs = np.full(0, REFUSED, dtype=np.int64)
        for item in read_records(view):
            if isinstance(item, Damage):
                reading.gaps.append(Gap(item, reading.records, _NO_RECORDS))
                continue
            try:
                self._apply(decoder, item)
                reading.records += 1
            except (Corruption, ValueError, struct.error) as error:
                end = item.offset + HEADER.size + len(item.payload)
                reading.gaps.append(Gap(Damage(item.offset, end), reading.records, str(error)))
        self._flush()
        return reading

    def _apply(self, decoder: Decoder, record: Record) -> None:
        match record.type:
            case RecordType.SERIES:
                self._series(*decoder.identified(record.payload, self._registry.key))
            case RecordType.SAMPLES:
                refs, times, values = decoder.samples(record.payload)
                self._samples(self._translate(refs), times, values)
            case RecordType.METADATA:
                self.metadata.update(decoder.metadata(record.payload))
            case RecordType.DELETION:
                self._flush()
                refs, time_range = decoder.deletion(record.payload)
                refs = self._translate(refs)
                delete_in_heads([self._head], self._registry.newest, refs[refs >= 0], time_range)

    def _series(self, refs: IntArray, series: list[Labels], identities: list[int] | None) -> None:
        end = int(refs.max(initial=-1)) + 1
        if end > len(self._refs):
            larger = np.full(max(2 * len(self._refs), end), REFUSED, dtype=np.int64)
            larger[: len(self._refs)] = self._refs
            self._refs = larger
        self._refs[refs] = self._registry.intern_all(series, identities)

    def _translate(self, refs: IntArray) -> IntArray:
        """Refs of the process that wrote the log to refs of this one, REFUSED for unknown ones."""
        if len(refs) and int(refs.max()) < len(self._refs):
            return self._refs[refs]
        known = refs < len(self._refs)
        result = np.full(len(refs), REFUSED, dtype=np.int64)
        result[known] = self._refs[refs[known]]
        return result

    def _samples(self, refs: IntArray, times: IntArray, values: FloatArray) -> None:
        good = refs >= 0
        if not good.all():
            self.report.lost_samples += int((~good).sum())
            refs, times, values = refs[good], times[good], values[good]
        if len(refs) == 0:
            return
        # Copies: the file is unmapped when the segment has been read.
        self._waiting.append((refs, times, values))
        self._waiting_samples += len(refs)
        if self._waiting_samples >= _GROUP_SAMPLES:
            self._flush()

    def _flush(self) -> None:
        """Put what has been read so far into the head."""
        if not self._waiting:
            return
        if len(self._waiting) == 1:
            refs, times, values = self._waiting[0]
        else:
            refs, times, values = (np.concatenate([batch[i] for batch in self._waiting]) for i in range(3))
        self._waiting, self._waiting_samples = [], 0
        self.report.samples += len(refs)
        self._head.append(self._registry.newest, refs, times, values)

    def _settle(self, path: Path, reading: SegmentReading, last: bool) -> None:
        """Cut a torn end; keep a copy of a segment that is damaged elsewhere."""
        torn_from = reading.torn_from(last)
        if torn_from is not None:
            os.truncate(path, torn_from)
            self.report.torn_bytes += reading.size - torn_from
            return
        if reading.header_problem:
            self.report.problems.append(reading.header_problem)
        if not reading.gaps:
            return
        kept = keep_copy(self._files, path)
        self.report.damaged_bytes += reading.damaged_bytes
        self.report.problems.append(
            f"{in_words(reading)}; all other records were restored, a copy of the file is at {kept}"
        )


def in_words(reading: SegmentReading) -> str:
    """What is damaged in a segment, with offsets."""
    gaps = [
        f"bytes {gap.damage.start}-{gap.damage.end} behind {gap.records_before} good records: {gap.reason}"
        for gap in reading.gaps[:5]
    ]
    more = " ..." if len(reading.gaps) > 5 else ""
    text = f"log segment {reading.number}: {reading.damaged_bytes} of {reading.size} bytes are damaged"
    return f"{text} ({'; '.join(gaps)}{more})"


def keep_copy(files: ProjectFiles, path: Path) -> Path:
    """Copy a damaged segment to the quarantine, durably; the same content is kept once. Raises OSError."""
    content = path.read_bytes()
    files.quarantine.mkdir(exist_ok=True)
    kept, turn = files.quarantine / f"wal-{path.name}", 1
    while kept.exists():
        if kept.read_bytes() == content:
            return kept
        turn += 1
        kept = files.quarantine / f"wal-{path.name}-{turn}"
    replace_file(kept, content)
    return kept
