"""Restores a head from the log at start. Damaged records are left out, reported and kept for a human to look at."""

from __future__ import annotations

import mmap
import os
import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from vedette.errors import Corruption, Unavailable
from vedette.model.metadata import MetricMetadata
from vedette.model.special import FloatArray, IntArray
from vedette.tsdb.deletion import delete_in_heads
from vedette.tsdb.files import ProjectFiles
from vedette.tsdb.head import Head
from vedette.tsdb.registry import REFUSED, Registry
from vedette.tsdb.wal import segments
from vedette.tsdb.wal_records import (
    SEGMENT_HEADER_BYTES,
    Damage,
    Decoder,
    Record,
    RecordType,
    check_segment_header,
    read_records,
)

_GROUP_SAMPLES: Final = 50_000
"""Small batches are put into the head together."""


@dataclass(slots=True)
class ReplayReport:
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
                    path.unlink()
                    return
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise Unavailable(f"log segment {path} cannot be read: {error.strerror}") from error
        view = memoryview(content)
        damage = self._read(number, view)
        view.release()
        self._settle(number, path, size, damage, last)

    def _read(self, number: int, view: memoryview) -> list[Damage]:
        try:
            check_segment_header(view, number)
        except Corruption as error:
            self.report.problems.append(error.message)
            if bytes(view[:7]) == b"VDTWAL\x00" and view[7] > 1:
                raise
        decoder, damage = Decoder(), list[Damage]()
        self._refs = np.full(0, REFUSED, dtype=np.int64)
        for item in read_records(view):
            if isinstance(item, Damage):
                damage.append(item)
                continue
            self.report.records += 1
            try:
                self._apply(decoder, item)
            except (Corruption, ValueError, struct.error) as error:
                damage.append(Damage(item.offset, item.offset + len(item.payload)))
                self.report.problems.append(f"log segment {number}, byte {item.offset}: {error}")
        self._flush()
        return damage

    def _apply(self, decoder: Decoder, record: Record) -> None:
        match record.type:
            case RecordType.SERIES:
                for ref, labels in decoder.series(record.payload):
                    if ref >= len(self._refs):
                        larger = np.full(max(2 * len(self._refs), ref + 1), REFUSED, dtype=np.int64)
                        larger[: len(self._refs)] = self._refs
                        self._refs = larger
                    self._refs[ref] = self._registry.intern(labels)
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

    def _settle(self, number: int, path: Path, size: int, damage: list[Damage], last: bool) -> None:
        """Cut a torn end; keep a copy of a segment that is damaged elsewhere."""
        if last and len(damage) == 1 and damage[0].end == size:
            os.truncate(path, damage[0].start)
            self.report.torn_bytes += size - damage[0].start
            return
        if not damage:
            return
        kept = self._files.quarantine / f"wal-{path.name}"
        self._files.quarantine.mkdir(exist_ok=True)
        shutil.copyfile(path, kept)
        lost = sum(one.end - one.start for one in damage)
        self.report.damaged_bytes += lost
        stretches = ", ".join(f"{one.start}-{one.end}" for one in damage[:5]) + (" ..." if len(damage) > 5 else "")
        self.report.problems.append(
            f"log segment {number}: {lost} of {size} bytes are damaged (bytes {stretches}); "
            f"all other records were restored, a copy of the file is at {kept}"
        )
