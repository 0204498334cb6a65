"""The file `chunks`: rows of similar numbers packed by pco, one page or a few per row, a checksum per chunk.

A chunk is what shares one pco description; a page is what can be decoded alone. docs/formats/chunks.md.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped

from vedette.errors import Corruption
from vedette.kernel.checksum import crc32c
from vedette.model.special import FloatArray, IntArray
from vedette.tsdb.codec import DTYPES, PCO_DTYPES, Analysis, Kind, best_order

MAGIC: Final = b"VDTCHK\x00\x01"
"""First bytes of the file; the last is the version. Then a length byte and pco's own file header, in HEADER_BYTES."""
HEADER_BYTES: Final = 16
MAX_PAGE_SAMPLES: Final = 2048
"""Rows longer than this have several pages. Measured on a random walk: pages of 1440 cost 0.3 % more bytes than pages
of 4320, and let a read of one moment or one hour of a long block stop early (3.4 us a page instead of 8.6)."""
MAX_ROW_SAMPLES: Final = 2**23
"""Bound of one row in one block; pco takes 2**24 numbers a chunk."""
EXCEPTION: Final = np.dtype([("page", "<u2"), ("position", "<u2"), ("bits", "<u8")])
"""A value that its mantissa does not stand for: page counted from the chunk's first, position in that page."""

_FULL_ROWS: Final = 32
_FULL_SAMPLES: Final = 65_536
_MOST_ROWS: Final = 512
_MOST_SAMPLES: Final = 262_144
_MOST_OPEN: Final = 6
"""Chunks being filled at one time: rows join the one whose numbers vary about as much as theirs."""
_NEAR_BITS: Final = 1.5
_TIMESTAMP_SPREAD: Final = 1000.0
_KINDS: Final = tuple(Kind)
_LEVEL: Final = 8
"""pco level: 8 is the default; 12 gained nothing on metrics and takes longer."""


def page_samples(samples: int) -> int:
    """Samples in each page but the last of a row: as even as possible, at most MAX_PAGE_SAMPLES."""
    pages = -(-samples // MAX_PAGE_SAMPLES)
    return -(-samples // pages) if pages else 0


def page_sizes(samples: int) -> list[int]:
    """Samples in every page of a row."""
    size = page_samples(samples)
    whole, rest = divmod(samples, size) if size else (0, 0)
    return [size] * whole + ([rest] if rest else [])


def page_sizes_of(samples: IntArray) -> IntArray:
    """`page_samples` of many rows, none of them empty."""
    return np.asarray(-(-samples // -(-samples // MAX_PAGE_SAMPLES)))


class ChunkTable(Struct):
    """Where chunks and pages are; grows while writing, arrays of the index when read.

    offset      chunk c is bytes offset[c]:offset[c + 1] of the file
    first_page  chunk c has the page entries first_page[c]:first_page[c + 1], the last of which ends its last page
    page_offset where each page begins, in bytes from the beginning of its chunk
    """

    offset: list[int] = field(default_factory=list)
    checksum: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    first_page: list[int] = field(default_factory=lambda: [0])
    page_offset: list[int] = field(default_factory=list)


class _OpenChunk(Struct):
    kind: Kind
    spread: float
    numbers: list[npt.NDArray[Any]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    tickets: list[int] = field(default_factory=list)
    exceptions: list[tuple[int, IntArray, npt.NDArray[np.uint64]]] = field(default_factory=list)
    """Row of the chunk, positions in the row, bits."""
    samples: int = 0

    def take(self, ticket: int, samples: int) -> None:
        """Note one more row; its numbers are appended with those of its neighbours."""
        self.tickets.append(ticket)
        self.lengths.append(samples)
        self.samples += samples

    def is_full(self) -> bool:
        rows = len(self.lengths)
        enough = rows >= _FULL_ROWS and self.samples >= _FULL_SAMPLES
        return enough or rows >= _MOST_ROWS or self.samples >= _MOST_SAMPLES


class ChunkWriter:
    """Appends rows to open chunks and writes those that are full."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._open: list[_OpenChunk] = []
        self._compressor = wrapped.FileCompressor()
        self._end = HEADER_BYTES
        self.table = ChunkTable()
        self.row_chunk: list[int] = []
        """By ticket: the chunk the row went to."""
        self.row_page: list[int] = []
        """By ticket: the entry of its first page in `table.page_offset`."""
        header = self._compressor.write_header()
        file.write((MAGIC + bytes([len(header)]) + header).ljust(HEADER_BYTES, b"\0"))

    def add_rows(self, values: FloatArray, starts: IntArray, analysis: Analysis) -> list[int]:
        """Take the rows of an analysis but for the constant ones; a ticket, counted from 0, for each, else -1."""
        bounds = starts.tolist()
        rows = zip(analysis.kind.tolist(), analysis.spread.tolist(), strict=True)
        numbers: dict[Kind, npt.NDArray[Any]] = {Kind.FLOAT64: values}
        tickets: list[int] = []
        run: _OpenChunk | None = None
        begin = 0
        for row, (kind_number, spread) in enumerate(rows):
            kind = _KINDS[kind_number]
            chunk = self._near(kind, spread)
            if chunk is None or chunk is not run:
                # Before a chunk is begun, since that may write the one of the run.
                if run is not None:
                    run.numbers.append(numbers[run.kind][begin : bounds[row]].copy())
                run, begin = None, bounds[row]
            if kind is Kind.CONSTANT:
                tickets.append(-1)
                continue
            run = chunk = chunk or self._begin(kind, spread)
            if kind not in numbers:
                numbers[kind] = analysis.mantissas.astype(DTYPES[kind])
            tickets.append(self._new_ticket())
            if len(analysis.exceptions):
                _note_exceptions(chunk, values, bounds[row], bounds[row + 1], analysis.exceptions)
            chunk.take(tickets[-1], bounds[row + 1] - bounds[row])
            if chunk.is_full():
                chunk.numbers.append(numbers[kind][begin : bounds[row + 1]].copy())
                self._open.remove(chunk)
                self._write(chunk)
                run = None
        if run is not None:
            run.numbers.append(numbers[run.kind][begin:].copy())
        return tickets

    def add_timestamps(self, timestamps_ms: IntArray) -> int:
        """Take a timestamp vector that is not evenly spaced; returns a ticket."""
        steps = np.diff(timestamps_ms)
        spread = float(np.log2(1 + np.abs(steps - np.median(steps))).mean())
        # An offset keeps timestamps out of the chunks of values.
        spread += _TIMESTAMP_SPREAD
        chunk = self._near(Kind.INT64, spread) or self._begin(Kind.INT64, spread)
        ticket = self._new_ticket()
        chunk.numbers.append(timestamps_ms.copy())
        chunk.take(ticket, len(timestamps_ms))
        if chunk.is_full():
            self._open.remove(chunk)
            self._write(chunk)
        return ticket

    def finish(self) -> None:
        """Write what is still open; the table is complete afterwards."""
        while self._open:
            self._write(self._open.pop(0))
        self.table.offset.append(self._end)

    def _near(self, kind: Kind, spread: float) -> _OpenChunk | None:
        """The open chunk whose numbers are most like these, if any is like them."""
        best, distance = None, _NEAR_BITS
        for chunk in self._open:
            if chunk.kind is kind and abs(chunk.spread - spread) < distance:
                best, distance = chunk, abs(chunk.spread - spread)
        return best

    def _begin(self, kind: Kind, spread: float) -> _OpenChunk:
        if len(self._open) >= _MOST_OPEN:
            fullest = max(self._open, key=lambda chunk: chunk.samples)
            self._open.remove(fullest)
            self._write(fullest)
        chunk = _OpenChunk(kind, spread)
        self._open.append(chunk)
        return chunk

    def _new_ticket(self) -> int:
        self.row_chunk.append(-1)
        self.row_page.append(-1)
        return len(self.row_chunk) - 1

    def _write(self, chunk: _OpenChunk) -> None:
        sizes = [page_sizes(length) for length in chunk.lengths]
        kind, meta, pages = self._compress(chunk, [size for row in sizes for size in row])
        tail = _pack_exceptions(chunk.exceptions, sizes)
        content = b"".join([meta, *pages, tail])
        table = self.table
        page = len(table.page_offset)
        for ticket, row in zip(chunk.tickets, sizes, strict=True):
            self.row_chunk[ticket] = len(table.kind)
            self.row_page[ticket] = page
            page += len(row)
        ends = np.cumsum([len(meta), *map(len, pages)])
        table.page_offset.extend(ends.tolist())
        table.first_page.append(len(table.page_offset))
        table.offset.append(self._end)
        table.checksum.append(crc32c(content))
        table.kind.append(int(kind))
        self._file.write(content)
        self._end += len(content)

    def _compress(self, chunk: _OpenChunk, sizes: list[int]) -> tuple[Kind, bytes, list[bytes]]:
        numbers = np.concatenate(chunk.numbers)
        paging = PagingSpec.exact_page_sizes(sizes)
        if chunk.kind is not Kind.FLOAT64:
            order = best_order(numbers)
            delta = DeltaSpec.try_consecutive(order) if order else DeltaSpec.no_op()
            return (chunk.kind, *self._pco(numbers, ModeSpec.classic(), delta, paging))
        meta, pages = self._pco(numbers, ModeSpec.auto(), DeltaSpec.auto(), paging)
        decompressor = wrapped.FileDecompressor.new(self._compressor.write_header())[0]
        if _decodes_to(numbers, sizes, decompressor.chunk_decompressor(meta, "f64")[0], pages):
            return chunk.kind, meta, pages
        raw = numbers.tobytes()
        ends = np.cumsum([0, *sizes]) * 8
        return Kind.RAW, b"", [raw[ends[i] : ends[i + 1]] for i in range(len(sizes))]

    def _pco(self, numbers: npt.NDArray[Any], mode: Any, delta: Any, paging: Any) -> tuple[bytes, list[bytes]]:
        config = ChunkConfig(compression_level=_LEVEL, mode_spec=mode, delta_spec=delta, paging_spec=paging)
        compressor = self._compressor.chunk_compressor(numbers, config)
        pages = [compressor.write_page(index) for index in range(len(compressor.n_per_page()))]
        return compressor.write_meta(), pages


def _note_exceptions(chunk: _OpenChunk, values: FloatArray, begin: int, end: int, exceptions: IntArray) -> None:
    """Keep the odd values of the row that is about to be taken."""
    low, high = np.searchsorted(exceptions, (begin, end))
    if low < high:
        found = exceptions[low:high]
        chunk.exceptions.append((len(chunk.lengths), found - begin, values[found].view(np.uint64)))


def _pack_exceptions(exceptions: list[tuple[int, IntArray, npt.NDArray[np.uint64]]], sizes: list[list[int]]) -> bytes:
    """The tail of a chunk: an EXCEPTION for each odd value, ascending."""
    if not exceptions:
        return b""
    first_page = np.cumsum([0, *map(len, sizes)])
    packed = []
    for row, positions, bits in exceptions:
        entries = np.empty(len(positions), dtype=EXCEPTION)
        entries["page"] = first_page[row] + positions // sizes[row][0]
        entries["position"] = positions % sizes[row][0]
        entries["bits"] = bits
        packed.append(entries.tobytes())
    return b"".join(packed)


def _decodes_to(numbers: FloatArray, sizes: list[int], decoder: Any, pages: list[bytes]) -> bool:
    """Whether float pages give back every bit: pco's float modes are checked rather than trusted."""
    out = np.empty_like(numbers)
    at = 0
    for size, page in zip(sizes, pages, strict=True):
        decoder.read_page_into(page, size, out[at : at + size])
        at += size
    return bool((out.view(np.uint64) == numbers.view(np.uint64)).all())


class ChunkArrays(Struct, frozen=True):
    """A ChunkTable as read: arrays instead of lists."""

    offset: npt.NDArray[np.uint64]
    checksum: npt.NDArray[np.uint32]
    kind: npt.NDArray[np.uint8]
    first_page: npt.NDArray[np.uint32]
    page_offset: npt.NDArray[np.uint32]


class ChunkReader:
    """Decodes pages of a mapped chunks file; a chunk's checksum is checked at its first use."""

    def __init__(self, name: str, data: mmap.mmap, table: ChunkArrays) -> None:
        """Raises Corruption when the file does not begin as a chunks file does."""
        header = data[:HEADER_BYTES]
        if header[: len(MAGIC)] != MAGIC:
            raise Corruption(f"{name}: not a chunks file of version {MAGIC[-1]}")
        self.header = header[len(MAGIC) + 1 :][: header[len(MAGIC)]]
        try:
            self._decompressor = wrapped.FileDecompressor.new(self.header)[0]
        except RuntimeError as error:
            raise Corruption(f"{name}: {error}") from error
        self._name = name
        self.data = data
        self.table = table
        ends = table.page_offset[table.first_page[1:] - 1]
        self.odd = np.asarray(table.offset[:-1] + ends < table.offset[1:])
        """bool[C]: which chunks have exceptions."""
        self.checked = bytearray(len(table.kind))
        """Which chunks were found to be as they were written."""

    def __len__(self) -> int:
        return len(self.table.kind)

    def check(self, chunk: int) -> None:
        """Raise Corruption when the chunk's bytes are not those that were written."""
        if self.checked[chunk]:
            return
        begin, end = int(self.table.offset[chunk]), int(self.table.offset[chunk + 1])
        if crc32c(memoryview(self.data)[begin:end]) != int(self.table.checksum[chunk]):
            raise Corruption(f"{self._name}: chunk {chunk} (bytes {begin} to {end}) fails its checksum")
        self.checked[chunk] = 1

    def nonsense(self, chunk: int) -> str:
        """What to say of a chunk whose checksum is right but which pco cannot decode."""
        return f"{self._name}: chunk {chunk} cannot be decoded"

    def decoder(self, chunk: int) -> PageDecoder:
        """A function that decodes pages of one chunk, for one thread. Raises Corruption."""
        self.check(chunk)
        table = self.table
        kind = Kind(int(table.kind[chunk]))
        if kind is Kind.RAW:
            return _read_raw
        base = int(table.offset[chunk])
        meta = self.data[base : base + int(table.page_offset[table.first_page[chunk]])]
        decoder: PageDecoder = self._decompressor.chunk_decompressor(meta, PCO_DTYPES[kind])[0].read_page_into
        return decoder

    def page_bytes(self, chunk: int, page: int) -> bytes:
        """The content of a page, given by its entry in the table."""
        base = int(self.table.offset[chunk])
        begin, end = self.table.page_offset[page : page + 2].tolist()
        return self.data[base + begin : base + end]


PageDecoder = Callable[[bytes, int, npt.NDArray[Any]], Any]
"""(content, samples in the page, out): decodes the first len(out) numbers of a page; len(out) must be the page's
samples or a multiple of PREFIX_STEP below."""


def _read_raw(content: bytes, samples: int, out: npt.NDArray[Any]) -> None:  # noqa: ARG001 - signature of PageDecoder
    out[:] = np.frombuffer(content, dtype="<f8", count=len(out))


def table_arrays(table: ChunkTable) -> dict[str, npt.NDArray[Any]]:
    """The index sections that hold a table."""
    columns: Sequence[tuple[str, list[int], str]] = (
        ("chunk.offset", table.offset, "<u8"),
        ("chunk.checksum", table.checksum, "<u4"),
        ("chunk.kind", table.kind, "<u1"),
        ("chunk.page", table.first_page, "<u4"),
        ("page.offset", table.page_offset, "<u4"),
    )
    return {name: np.array(column, dtype=dtype) for name, column, dtype in columns}
