"""The write-ahead log: batches are appended to segments and made durable before they are acknowledged.

A segment can be read on its own: it describes every series it has samples of. After a failed write the file is cut
back to its last good record; after a failed fsync (the kernel may have dropped the pages) nothing more is written
to that segment.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vedette.errors import Unavailable
from vedette.model.labels import Labels
from vedette.model.special import IntArray
from vedette.tsdb.files import ProjectFiles, parse_segment_name, sync_folder
from vedette.tsdb.wal_records import SEGMENT_HEADER_BYTES, Buffers, Encoder, segment_header

_MAX_BUFFERS: Final = 1000
"""writev takes at most 1024 on Linux."""

_sync: Final = getattr(os, "fdatasync", os.fsync)
"""macOS has no fdatasync."""


_DESCRIBED_AT_ONCE: Final = 8192
"""Series in one record: to encode them holds up every other thread."""


class DiskFiles:
    """The operations of the operating system that the log needs; tests hand in failing ones."""

    def create(self, path: Path) -> int:
        """A descriptor of a new file for writing; an old file of the name goes."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)

    def write(self, descriptor: int, buffers: Buffers) -> int:
        """Append; how many bytes were taken."""
        return os.writev(descriptor, buffers)

    def sync(self, descriptor: int) -> None:
        """Make the file's content durable."""
        _sync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut the file and go on writing there."""
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)

    def close(self, descriptor: int) -> None:
        """Release the file."""
        os.close(descriptor)


class Segment:
    """A segment that is open for writing."""

    def __init__(self, disk: DiskFiles, path: Path, number: int) -> None:
        """Create the file durably. Raises OSError."""
        self._disk = disk
        self.number = number
        self.encoder = Encoder()
        self.bytes = SEGMENT_HEADER_BYTES
        self.synced_bytes = SEGMENT_HEADER_BYTES
        self.records = 0
        self.broken = False
        self._descriptor = disk.create(path)
        try:
            self._write_all([segment_header(number)])
            disk.sync(self._descriptor)
            sync_folder(path.parent)
        except OSError:
            disk.close(self._descriptor)
            path.unlink(missing_ok=True)
            raise

    def describe(self, refs: IntArray, labels: Sequence[Labels]) -> None:
        """Describe series durably before the segment is switched to. Raises Unavailable."""
        if len(refs) == 0:
            return
        try:
            for first in range(0, len(refs), _DESCRIBED_AT_ONCE):
                some = slice(first, first + _DESCRIBED_AT_ONCE)
                self.write([self.encoder.series(refs[some].tolist(), labels[some])])
            self.sync()
        except OSError as error:
            self.close()
            raise unavailable("cannot begin a new log segment", error) from error

    def write(self, records: Sequence[Buffers]) -> None:
        """Append records, all or none. Raises OSError; then nothing was added."""
        buffers = [buffer for record in records for buffer in record]
        size = sum(map(len, buffers))
        try:
            self._write_all(buffers)
        except OSError:
            self._cut_back(self.bytes)
            raise
        self.bytes += size
        self.records += len(records)

    def sync(self) -> None:
        """Make all records durable. Raises OSError; then those since the last sync are taken back."""
        try:
            self._disk.sync(self._descriptor)
        except OSError:
            self.broken = True
            self._cut_back(self.synced_bytes)
            raise
        self.synced_bytes = self.bytes

    def close(self) -> None:
        """Release the file; once is enough."""
        if self._descriptor >= 0:
            self._disk.close(self._descriptor)
            self._descriptor = -1

    def _write_all(self, buffers: Buffers) -> None:
        for start in range(0, len(buffers), _MAX_BUFFERS):
            part = buffers[start : start + _MAX_BUFFERS]
            written = self._disk.write(self._descriptor, part)
            if written < sum(map(len, part)):
                rest = memoryview(b"".join(part))[written:]
                while rest:
                    written = self._disk.write(self._descriptor, [rest])
                    if written == 0:
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                    rest = rest[written:]

    def _cut_back(self, size: int) -> None:
        self.bytes = size
        self.encoder.forget()
        try:
            self._disk.truncate(self._descriptor, size)
        except OSError:
            # The torn end stays: readers stop there, so nothing may follow it.
            self.broken = True


class Wal:
    """The segments of one project. Methods are called under the lock of the log where they do not say otherwise."""

    def __init__(self, files: ProjectFiles, disk: DiskFiles, next_number: int) -> None:
        """Nothing is created before the first write."""
        self._files = files
        self._disk = disk
        self._next = next_number
        self._segment: Segment | None = None
        self._preparing = threading.Lock()
        self.written_bytes = 0

    @property
    def current(self) -> int:
        """The number of the segment that the next record goes to."""
        return self._next if self._segment is None else self._segment.number

    @property
    def segment_bytes(self) -> int:
        """Bytes in the current segment."""
        return 0 if self._segment is None else self._segment.bytes

    @property
    def dirty(self) -> bool:
        """Whether something written is not durable yet."""
        return self._segment is not None and self._segment.synced_bytes < self._segment.bytes

    def encoder(self) -> Encoder:
        """The encoder of the current segment, which is created when there is none. Raises Unavailable."""
        if self._segment is None or self._segment.broken:
            self.switch(self.prepare())
        assert self._segment is not None  # noqa: S101 - switch has set it
        return self._segment.encoder

    def write(self, records: Sequence[Buffers], sync: bool) -> None:
        """Append records of the current encoder, all or none. Raises Unavailable; then nothing was added."""
        segment = self._segment
        if segment is None:
            raise Unavailable("the log has no open segment")
        before = segment.bytes
        try:
            segment.write(records)
            if sync:
                segment.sync()
        except OSError as error:
            raise unavailable("cannot write to the log", error) from error
        self.written_bytes += segment.bytes - before

    def sync(self) -> None:
        """Make everything written durable. Raises Unavailable."""
        if self._segment is None or not self.dirty:
            return
        try:
            self._segment.sync()
        except OSError as error:
            raise unavailable("cannot make the log durable", error) from error

    def prepare(self) -> Segment:
        """A new segment to `switch` to; may be called without the lock. Raises Unavailable."""
        with self._preparing:
            number = self._next
            try:
                segment = Segment(self._disk, self._files.wal_segment(number), number)
            except OSError as error:
                raise unavailable("cannot begin a new log segment", error) from error
            self._next = number + 1
            return segment

    def switch(self, segment: Segment) -> int:
        """Write to this segment from now on; its number.

        Segments are replayed in the order of their numbers, so one that was prepared before the current one began is
        thrown away for a new one. Raises Unavailable.
        """
        if self._segment is not None and segment.number < self._segment.number:
            segment.close()
            self._files.wal_segment(segment.number).unlink(missing_ok=True)
            segment = self.prepare()
        if self._segment is not None:
            if not self._segment.broken:
                self.sync()
            self._segment.close()
        self._segment = segment
        return segment.number

    def remove_before(self, number: int) -> None:
        """Delete segments whose samples are in blocks."""
        for old, path in segments(self._files):
            if old < number:
                path.unlink(missing_ok=True)
                # One by one: after a power loss an older segment must not be there without the newer ones.
                sync_folder(self._files.wal)

    def close(self) -> None:
        """Make everything durable and release the file."""
        if self._segment is None:
            return
        try:
            if not self._segment.broken:
                self.sync()
        finally:
            self._segment.close()
            self._segment = None


def segments(files: ProjectFiles) -> list[tuple[int, Path]]:
    """(number, path) of all segments, oldest first."""
    if not files.wal.is_dir():
        return []
    found = [(parse_segment_name(path.name), path) for path in files.wal.iterdir()]
    return sorted((number, path) for number, path in found if number is not None)


@contextmanager
def as_unavailable(what: str) -> Iterator[None]:
    """Turn failed file operations into Unavailable."""
    try:
        yield
    except OSError as error:
        raise unavailable(what, error) from error


def unavailable(what: str, error: OSError) -> Unavailable:
    """The error for a user of a failed file operation."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    hint = ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        hint = "; free some space, writing goes on by itself"
    elif error.errno == errno.EROFS:
        hint = "; the file system is read-only"
    return Unavailable(f"{what}: {reason}{hint}")
