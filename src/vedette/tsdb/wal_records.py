"""Records of the write-ahead log, bytes <-> columns; docs/formats/wal.md has the byte layout.

Every record is checksummed, padded to 8 bytes and marked, so that good records behind damaged bytes are found again.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import chain
from typing import Final, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vedette.errors import Corruption
from vedette.kernel.checksum import crc32c
from vedette.kernel.series import decode_series
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata, MetricType
from vedette.model.special import FloatArray, IntArray
from vedette.model.timerange import TimeRange

SEGMENT_MAGIC: Final = b"VDTWAL\x00\x01"
"""First bytes of a segment; the last is the version. Then the segment's number as u64."""
SEGMENT_HEADER_BYTES: Final = 16
MARK: Final = b"VWR"
HEADER: Final = struct.Struct("<IIB3sI")
"""Payload bytes, CRC32C of all that follows it, type, mark, number of the record in its segment."""
_SAMPLES: Final = struct.Struct("<IIIIq")
"""Slot, CRC32C of the refs, count, flags, first timestamp."""
_CHECKED_FROM: Final = 8
_LENGTH: Final = struct.Struct("<I")
_NO_SLOT: Final = 0xFFFF_FFFF
_TIMES_SHARED, _TIMES_OFFSETS, _TIMES_FULL, _REFS_INLINE = 0, 1, 2, 4
SLOTS: Final = 1024
_SLOT_REFS: Final = 1_000_000
"""The writer remembers ref vectors of this total length."""
_SHARED_PAIRS: Final = 100_000
"""The reader remembers this many pairs of labels."""
_SMALL: Final = 16
"""Shorter ref vectors are not worth remembering."""

Buffers = list[bytes | memoryview]
_T = TypeVar("_T")


class RecordType(IntEnum):
    """What a record holds; the numbers are part of the format."""

    SERIES = 1
    SAMPLES = 2
    METADATA = 3
    DELETION = 4


class Record(Struct, frozen=True):
    """One record as read: `payload` is a view of the file."""

    type: RecordType
    payload: memoryview
    offset: int


class Damage(Struct, frozen=True):
    """Bytes [start, end) of a segment that are no records."""

    start: int
    end: int


class Encoder:
    """Makes the records of one segment; a batch with the refs of an earlier one refers to it."""

    def __init__(self) -> None:
        self._records = 0
        self._slots: OrderedDict[int, tuple[int, IntArray]] = OrderedDict()
        self._slot_refs = 0
        self._next_slot = 0

    def forget(self) -> None:
        """Refer to no earlier record: some did not reach the file."""
        self._slots.clear()
        self._slot_refs = 0

    def series(self, refs: Sequence[int], labels: Sequence[Labels]) -> Buffers:
        """Labels of refs."""
        rows = [[ref, list(chain.from_iterable(one.pairs))] for ref, one in zip(refs, labels, strict=True)]
        return self._record(RecordType.SERIES, [_pack(rows)])

    def metadata(self, metadata: Mapping[str, MetricMetadata]) -> Buffers:
        """Type, help and unit by metric family."""
        rows = {name: [one.type, one.help, one.unit] for name, one in metadata.items()}
        return self._record(RecordType.METADATA, [_pack(rows)])

    def deletion(self, refs: Sequence[int], time_range: TimeRange) -> Buffers:
        """Samples of refs in a time range are gone."""
        body = (time_range.start_ms, time_range.end_ms, list(refs))
        return self._record(RecordType.DELETION, [_pack(body)])

    def samples(self, refs: IntArray, timestamps_ms: IntArray, values: FloatArray) -> Buffers:
        """One batch."""
        checksum = crc32c(refs.data.cast("B"))
        slot, known = self._slot(checksum, refs)
        flags, base, times = _encode_times(timestamps_ms)
        parts: Buffers = []
        if times is not None:
            parts.append(_padded(times))
        if not known:
            flags |= _REFS_INLINE
            parts.append(_padded(refs.astype(np.uint32)))
        parts.append(values.data.cast("B"))
        return self._record(RecordType.SAMPLES, [_SAMPLES.pack(slot, checksum, len(refs), flags, base), *parts])

    def _slot(self, checksum: int, refs: IntArray) -> tuple[int, bool]:
        """The slot of a ref vector, and whether an earlier record has defined it."""
        found = self._slots.get(checksum)
        if found is not None and np.array_equal(found[1], refs):
            return found[0], True
        if len(refs) < _SMALL or found is not None:
            return _NO_SLOT, False
        slot = self._next_slot
        self._next_slot = (slot + 1) % SLOTS
        self._slots[checksum] = (slot, refs)
        self._slot_refs += len(refs)
        while len(self._slots) > SLOTS - 1 or (self._slot_refs > _SLOT_REFS and len(self._slots) > 1):
            self._slot_refs -= len(self._slots.popitem(last=False)[1][1])
        return slot, False

    def _record(self, kind: RecordType, parts: Buffers) -> Buffers:
        size = sum(map(len, parts))
        padding = -size % 8
        if padding:
            parts.append(bytes(padding))
        head = HEADER.pack(size + padding, 0, kind, MARK, self._records)
        checksum = crc32c(head[_CHECKED_FROM:])
        for part in parts:
            checksum = crc32c(part, checksum)
        self._records = (self._records + 1) & 0xFFFF_FFFF
        return [HEADER.pack(size + padding, checksum, kind, MARK, self._records - 1), *parts]


def segment_header(number: int) -> bytes:
    """The first bytes of a segment."""
    return SEGMENT_MAGIC + struct.pack("<Q", number)


def check_segment_header(content: memoryview, number: int) -> None:
    """Raise Corruption when a segment does not begin as it should."""
    if bytes(content[:7]) != SEGMENT_MAGIC[:7]:
        raise Corruption(f"log segment {number}: not a log segment")
    if content[7] > SEGMENT_MAGIC[7]:
        raise Corruption(
            f"log segment {number}: format version {content[7]} is newer than this program's {SEGMENT_MAGIC[7]}"
        )
    if len(content) < SEGMENT_HEADER_BYTES or struct.unpack_from("<Q", content, 8)[0] != number:
        raise Corruption(f"log segment {number}: its header names another segment")


def read_records(content: memoryview) -> Iterator[Record | Damage]:
    """All good records of a segment in order, and the damaged stretches between or behind them."""
    offset = SEGMENT_HEADER_BYTES
    whole = content.obj
    while offset < len(content):
        record = _record_at(content, offset)
        if record is not None:
            yield record
            offset += HEADER.size + len(record.payload)
            continue
        end = _next_record(content, whole, offset + 8)
        yield Damage(offset, end)
        offset = end


def _record_at(content: memoryview, offset: int) -> Record | None:
    if offset + HEADER.size > len(content):
        return None
    size, checksum, kind, mark, _ = HEADER.unpack_from(content, offset)
    end = offset + HEADER.size + size
    if mark != MARK or size % 8 or end > len(content) or not 1 <= kind <= len(RecordType):
        return None
    if crc32c(content[offset + _CHECKED_FROM : end]) != checksum:
        return None
    return Record(RecordType(kind), content[offset + HEADER.size : end], offset)


def _next_record(content: memoryview, whole: object, offset: int) -> int:
    """The offset of the first good record at or behind `offset`, else the end."""
    find = whole.find  # type: ignore[attr-defined]  # bytes or mmap
    at = find(MARK, offset)
    while at >= 0:
        start = at - 9
        if start % 8 == 0 and start >= offset and _record_at(content, start) is not None:
            return int(start)
        at = find(MARK, at + 1)
    return len(content)


class Decoder:
    """Reads the payloads of one segment; the counterpart of Encoder. Raises Corruption for what makes no sense."""

    def __init__(self) -> None:
        self._slots: dict[int, tuple[int, IntArray]] = {}
        self._pairs: dict[tuple[str, str], tuple[str, str]] = {}

    def series(self, payload: memoryview) -> list[tuple[int, Labels]]:
        """(ref, labels) of new series."""
        rows = _unpack(payload, list[tuple[int, list[str]]])
        # Series have most of their pairs in common: once in memory is enough.
        shared = self._pairs.setdefault
        if len(self._pairs) > _SHARED_PAIRS:
            self._pairs.clear()
        found = []
        for ref, flat in rows:
            pairs = list(zip(flat[::2], flat[1::2], strict=True))
            found.append((ref, Labels(tuple(map(shared, pairs, pairs)))))
        return found

    def identified(self, payload: memoryview, key: bytes) -> tuple[IntArray, list[Labels], list[int] | None]:
        """Refs and labels of new series, and their ids under `key` where these come with little work."""
        if len(self._pairs) > _SHARED_PAIRS:
            self._pairs.clear()
        found = decode_series(payload[_LENGTH.size :][: _LENGTH.unpack_from(payload)[0]], key, self._pairs)
        if found is None:
            series = self.series(payload)
            return np.array([ref for ref, _ in series], dtype=np.int64), [labels for _, labels in series], None
        refs, rows, ids = found
        return refs, list(map(Labels, rows)), ids

    def metadata(self, payload: memoryview) -> dict[str, MetricMetadata]:
        """Metadata by metric family."""
        rows = _unpack(payload, dict[str, tuple[MetricType, str, str]])
        return {name: MetricMetadata(kind, text, unit) for name, (kind, text, unit) in rows.items()}

    def deletion(self, payload: memoryview) -> tuple[IntArray, TimeRange]:
        """Refs and the range in which their samples are gone."""
        start_ms, end_ms, refs = _unpack(payload, tuple[int, int, list[int]])
        return np.array(refs, dtype=np.int64), TimeRange(start_ms, end_ms)

    def samples(self, payload: memoryview) -> tuple[IntArray, IntArray, FloatArray]:
        """Refs, timestamps and values of a batch. Raises Corruption when its refs were in a damaged record."""
        slot, checksum, count, flags, base = _SAMPLES.unpack_from(payload)
        offset = _SAMPLES.size
        mode = flags & 3
        if mode == _TIMES_SHARED:
            times = np.full(count, base, dtype=np.int64)
        elif mode == _TIMES_OFFSETS:
            times = np.frombuffer(payload, dtype="<u4", count=count, offset=offset).astype(np.int64) + base
            offset += (4 * count + 7) // 8 * 8
        else:
            times = np.frombuffer(payload, dtype="<i8", count=count, offset=offset)
            offset += 8 * count
        if flags & _REFS_INLINE:
            refs = np.frombuffer(payload, dtype="<u4", count=count, offset=offset).astype(np.int64)
            offset += (4 * count + 7) // 8 * 8
            if slot != _NO_SLOT:
                self._slots[slot] = (checksum, refs)
        else:
            defined, refs = self._slots.get(slot, (None, np.empty(0, dtype=np.int64)))
            if defined != checksum or len(refs) != count:
                raise Corruption("samples refer to series of a damaged record")
        return refs, times, np.frombuffer(payload, dtype="<f8", count=count, offset=offset)


def _pack(body: object) -> bytes:
    """The length in 4 bytes, then msgpack: records are padded, msgpack does not know where it ends."""
    packed = msgspec.msgpack.encode(body)
    return _LENGTH.pack(len(packed)) + packed


def _unpack(payload: memoryview, shape: type[_T]) -> _T:
    size = _LENGTH.unpack_from(payload)[0]
    try:
        return msgspec.msgpack.decode(payload[4 : 4 + size], type=shape)
    except msgspec.DecodeError as error:
        raise Corruption(f"a log record makes no sense: {error}") from error


def _encode_times(timestamps_ms: IntArray) -> tuple[int, int, npt.NDArray[np.generic] | None]:
    """(flags, base, array or None)."""
    first = int(timestamps_ms[0])
    if (timestamps_ms == first).all():
        return _TIMES_SHARED, first, None
    low = int(timestamps_ms.min())
    if int(timestamps_ms.max()) - low < 2**32:
        return _TIMES_OFFSETS, low, (timestamps_ms - low).astype(np.uint32)
    return _TIMES_FULL, low, timestamps_ms


def _padded(array: npt.NDArray[np.generic]) -> memoryview | bytes:
    view = array.data.cast("B")
    return view if len(view) % 8 == 0 else bytes(view) + bytes(-len(view) % 8)
