"""Whether the sections of an index fit together; checked when a block is opened, so that reading relies on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.model.special import BoolArray, IntArray
from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.chunks import HEADER_BYTES, MAX_ROW_SAMPLES, page_sizes_of
from vedette.tsdb.codec import Kind
from vedette.tsdb.index import CODE_DTYPES, METRIC_WIDTH
from vedette.tsdb.vectors import NO_CHUNK

Arrays = Mapping[str, npt.NDArray[Any]]

_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "<u8": ("row.id", "row.newest", "constant", "chunk.offset", "column.code"),
    "<i8": ("vector.first", "vector.last", "vector.step"),
    "<f8": ("scale.multiplier", "scale.divisor"),
    "<u4": (
        *("row.vector", "row.chunk", "row.page", "row.scale", "vector.count", "vector.chunk", "vector.page"),
        *("chunk.checksum", "chunk.page", "page.offset", "symbol.end", "metric.symbol", "metric.row"),
        *("run.row", "run.schema", "run.position", "schema.column", "schema.rows", "column.name", "column.value"),
        "values",
    ),
    "|u1": ("chunk.kind", "symbol.blob", "column.width", "codes"),
}
_CONTINUATION: Final = 0x80
"""Bytes of UTF-8 with these two upper bits are inside a character."""


def check_index(arrays: Arrays, meta: BlockMeta) -> None:
    """Raises Corruption, naming what is wrong, unless every number of the index points to something that is there."""
    checks: tuple[tuple[str, Callable[[Arrays, BlockMeta], bool]], ...] = (
        ("lengths", _lengths),
        ("chunks", _chunks),
        ("timestamp vectors", _vectors),
        ("rows", _rows),
        ("texts", _texts),
        ("labels", _labels),
    )
    for dtype, names in _TYPES.items():
        for name in names:
            if name not in arrays or arrays[name].dtype != np.dtype(dtype):
                raise Corruption(f"block {meta.block_id}: section {name} of the index is missing or of a wrong type")
    for what, is_sound in checks:
        if not is_sound(arrays, meta):
            raise Corruption(f"block {meta.block_id}: {what} of the index make no sense")


def _lengths(arrays: Arrays, meta: BlockMeta) -> bool:
    size = {name: len(array) for name, array in arrays.items()}
    rows, vectors, chunks = meta.series, size["vector.count"], size["chunk.kind"]
    columns, schemas = size["column.name"], size["schema.rows"]
    wanted = {
        **dict.fromkeys(("row.id", "row.newest", "row.vector", "row.chunk", "row.page", "row.scale"), rows),
        **dict.fromkeys(("vector.first", "vector.last", "vector.step", "vector.chunk", "vector.page"), vectors),
        "scale.divisor": size["scale.multiplier"],
        "chunk.checksum": chunks,
        "chunk.offset": chunks + 1,
        "chunk.page": chunks + 1,
        "metric.row": size["metric.symbol"] + 1,
        "run.schema": size["run.row"],
        "run.position": size["run.row"],
        "schema.column": schemas + 1,
        "column.width": columns,
        "column.code": columns,
        "column.value": columns + 1,
    }
    least = (rows, vectors, schemas, size["scale.multiplier"], size["run.row"], size["symbol.end"])
    return min(least) > 0 and all(size[name] == length for name, length in wanted.items())


def _chunks(arrays: Arrays, meta: BlockMeta) -> bool:
    offset, first, page = (arrays[name].astype(np.int64) for name in ("chunk.offset", "chunk.page", "page.offset"))
    kind = arrays["chunk.kind"]
    if not (_covers(offset, HEADER_BYTES, meta.chunks_bytes) and _covers(first, 0, len(page))):
        return False
    if bool((np.diff(first) < 1).any()) or not bool(((kind > Kind.CONSTANT) & (kind <= Kind.RAW)).all()):
        return False
    ascends = np.diff(page) >= 0
    # From the end of a chunk's last page to the beginning of the next chunk's first one.
    ascends[first[1:-1] - 1] = True
    return bool(ascends.all() and (page[first[1:] - 1] <= np.diff(offset)).all())


def _vectors(arrays: Arrays, meta: BlockMeta) -> bool:
    count, step = arrays["vector.count"].astype(np.int64), arrays["vector.step"]
    first, last = arrays["vector.first"], arrays["vector.last"]
    if int(count.min()) < 1 or int(count.max()) > MAX_ROW_SAMPLES or int(step.min()) < 0:
        return False
    span, steps = last - first, np.maximum(count - 1, 1)
    even = step > 0
    spread = np.where(count == 1, span == 0, (span % steps == 0) & (span // steps == step))
    if int(span.min()) < 0 or not spread[even].all():
        return False
    if (int(first.min()), int(last.max())) != (meta.min_time_ms, meta.max_time_ms):
        return False
    chunk = arrays["vector.chunk"][~even]
    if not _have_pages(arrays, chunk, arrays["vector.page"][~even], count[~even]):
        return False
    return bool((arrays["chunk.kind"][chunk] == Kind.INT64).all())


def _rows(arrays: Arrays, meta: BlockMeta) -> bool:
    vector, page, chunk = arrays["row.vector"], arrays["row.page"], arrays["row.chunk"]
    if int(vector.max()) >= len(arrays["vector.count"]):
        return False
    if int(arrays["row.scale"].max()) >= len(arrays["scale.multiplier"]):
        return False
    count = arrays["vector.count"][vector].astype(np.int64)
    constant = chunk == NO_CHUNK
    if int(count.sum()) != meta.samples or bool((page[constant] >= len(arrays["constant"])).any()):
        return False
    return _have_pages(arrays, chunk[~constant], page[~constant], count[~constant])


def _texts(arrays: Arrays, _: BlockMeta) -> bool:
    end, blob = arrays["symbol.end"].astype(np.int64), arrays["symbol.blob"]
    if not _covers(end, 0, len(blob)):
        return False
    try:
        str(blob.data, "utf-8")
    except UnicodeDecodeError:
        return False
    inner = end[end < len(blob)]
    return not bool((blob[inner] & 0xC0 == _CONTINUATION).any())


def _labels(arrays: Arrays, meta: BlockMeta) -> bool:
    symbols, rows = len(arrays["symbol.end"]) - 1, meta.series
    named = ("metric.symbol", "column.name", "values")
    run, schema = arrays["run.row"].astype(np.int64), arrays["run.schema"]
    sizes = arrays["schema.rows"].astype(np.int64)
    if not all(bool((arrays[name] < symbols).all()) for name in named):
        return False
    if not _covers(arrays["metric.row"].astype(np.int64), 0, rows) or int(schema.max()) >= len(sizes):
        return False
    lengths = np.diff(run, append=rows)
    if int(run[0]) != 0 or int(lengths.min()) < 1:
        return False
    if bool((arrays["run.position"].astype(np.int64) + lengths > sizes[schema]).any()):
        return False
    columns = arrays["schema.column"].astype(np.int64)
    value = arrays["column.value"].astype(np.int64)
    if not (_covers(columns, 0, len(arrays["column.name"])) and _covers(value, 0, len(arrays["values"]))):
        return False
    return _columns(arrays, np.repeat(sizes, np.diff(columns)), np.diff(value))


def _columns(arrays: Arrays, rows: IntArray, values: IntArray) -> bool:
    """Whether the codes of every column stand for values that it has."""
    codes = arrays["codes"]
    width, begin = arrays["column.width"], arrays["column.code"].astype(np.int64)
    if bool((values[width == 0] != 1).any()) or not bool(np.isin(width, (0, METRIC_WIDTH, *CODE_DTYPES)).all()):
        return False
    for column in np.flatnonzero((width != 0) & (width != METRIC_WIDTH)).tolist():
        dtype = CODE_DTYPES[int(width[column])]
        first, end = int(begin[column]), int(begin[column]) + int(rows[column]) * int(width[column])
        if first < 0 or end > len(codes) or int(codes[first:end].view(dtype).max(initial=0)) >= int(values[column]):
            return False
    return True


def _covers(bounds: IntArray, first: int, end: int) -> bool:
    """Whether these are the borders of parts from `first` to `end`."""
    return int(bounds[0]) == first and int(bounds[-1]) == end and not bool((np.diff(bounds) < 0).any())


def _have_pages(arrays: Arrays, chunk: npt.NDArray[np.uint32], page: npt.NDArray[np.uint32], samples: IntArray) -> bool:
    """Whether all pages of rows with so many samples are in their chunks."""
    if len(chunk) == 0:
        return True
    if int(chunk.max()) >= len(arrays["chunk.kind"]):
        return False
    first = arrays["chunk.page"].astype(np.int64)
    pages = -(-samples // page_sizes_of(samples))
    inside: BoolArray = (page >= first[chunk]) & (page + pages < first[chunk.astype(np.int64) + 1])
    return bool(inside.all())
