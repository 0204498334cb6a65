"""Which kinds of files can be back-filled, and how a file is cut into pieces that can be read alone."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from vedette.errors import BadData

PIECE_BYTES: Final = 8 * 2**20
_ROWS_PER_PIECE: Final = 500_000
_EOF: Final = b"# EOF"


class Media(StrEnum):
    """A kind of file."""

    OPENMETRICS = "openmetrics"
    TEXT = "text"
    CSV = "csv"
    PARQUET = "parquet"


CONTENT_TYPES: Final = {
    Media.OPENMETRICS: "application/openmetrics-text",
    Media.TEXT: "text/plain",
    Media.CSV: "text/csv",
    Media.PARQUET: "application/vnd.apache.parquet",
}
_SUFFIXES: Final = {
    ".om": Media.OPENMETRICS,
    ".openmetrics": Media.OPENMETRICS,
    ".csv": Media.CSV,
    ".parquet": Media.PARQUET,
    ".pq": Media.PARQUET,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that is a whole of its kind; `position` is where to go on after it, `size` its share."""

    media: Media
    body: bytes
    position: int
    size: int


def media_of(path: Path) -> Media:
    """The kind of a file by its name; text that ends in `# EOF` is OpenMetrics, where timestamps are seconds."""
    bare = path.with_suffix("") if path.suffix == ".gz" else path
    known = _SUFFIXES.get(bare.suffix.lower())
    if known is not None:
        return known
    if path.suffix == ".gz":
        return Media.TEXT
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64))
        return Media.OPENMETRICS if file.read().rstrip().endswith(_EOF) else Media.TEXT


def open_input(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked when it is named .gz."""
    return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def pieces(file: BinaryIO, media: Media, position: int = 0) -> Iterator[Piece]:
    """The pieces of a file from a position that an earlier piece gave. Raises BadData when it cannot be read."""
    if media is Media.PARQUET:
        yield from _parquet_pieces(file, position)
        return
    header = file.readline() if media is Media.CSV else b""
    start = max(position, len(header))
    if file.seekable():
        file.seek(start)
    rest = b""
    while True:
        read = file.read(PIECE_BYTES)
        data = rest + read
        cut = len(data) if not read else data.rfind(b"\n") + 1
        lines, rest = data[:cut], data[cut:]
        if lines:
            start += len(lines)
            yield Piece(media, _whole(media, header, lines), start, len(lines))
        if not read:
            return


def _whole(media: Media, header: bytes, lines: bytes) -> bytes:
    if media is Media.CSV:
        return header + lines
    if media is Media.OPENMETRICS:
        lines = lines.rstrip().removesuffix(_EOF)
        return (lines if not lines or lines.endswith(b"\n") else lines + b"\n") + _EOF + b"\n"
    return lines


def _parquet_pieces(file: BinaryIO, position: int) -> Iterator[Piece]:
    """One or more pieces for each row group; positions count rows."""
    try:
        source = pq.ParquetFile(file if file.seekable() else io.BytesIO(file.read()))
        seen = 0
        for batch in source.iter_batches(_ROWS_PER_PIECE):
            seen += batch.num_rows
            if seen > position:
                yield Piece(Media.PARQUET, _as_parquet(batch), seen, batch.num_rows)
    except pa.ArrowException as error:
        raise BadData(f"not a Parquet file that can be read: {error}") from None


def _as_parquet(batch: pa.RecordBatch) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_batches([batch]), out, compression="zstd")
    return out.getvalue()


def total_size(path: Path, media: Media) -> int | None:
    """What the sizes of all pieces add up to; None where that is not known before reading."""
    if media is Media.PARQUET:
        try:
            return int(pq.read_metadata(path).num_rows)
        except pa.ArrowException as error:
            raise BadData(f"{path} is not a Parquet file that can be read: {error}") from None
    return None if path.suffix == ".gz" else path.stat().st_size
