"""Decoding of pages through the pco library; the oracle of _pages.cpp and the way of the kinds that one leaves over."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pcodec import wrapped

from vedette.kernel.arrays import FloatArray, IntArray

PENDING, DONE, DAMAGED = 0, 1, 2
"""What became of a chunk."""
INT16, INT32, INT64, FLOAT64, RAW = 1, 2, 3, 4, 5
"""Kinds of chunks."""

StatusArray = npt.NDArray[np.uint8]

_DTYPES: Final[dict[int, tuple[type[np.generic], str]]] = {
    INT16: (np.int16, "i16"),
    INT32: (np.int32, "i32"),
    INT64: (np.int64, "i64"),
    FLOAT64: (np.float64, "f64"),
    RAW: (np.float64, ""),
}


def unpack(
    data: mmap.mmap | bytes,
    header: bytes,
    chunks: IntArray,
    rows: IntArray,
    scales: FloatArray,
    pages: IntArray,
    values: FloatArray,
    status: StatusArray,
    /,
) -> None:
    """See pages.Unpack."""
    file = wrapped.FileDecompressor.new(header)[0]
    for index, (kind, begin, end, first, last) in enumerate(chunks.tolist()):
        if status[index] != PENDING:
            continue
        try:
            dtype, name = _DTYPES[kind]
            read = file.chunk_decompressor(data[begin:end], name)[0].read_page_into if name else _read_raw
            numbers, at = _decode(data, read, rows[first:last], pages, dtype)
        except (KeyError, RuntimeError, ValueError):  # pco reports what makes no sense as RuntimeError
            status[index] = DAMAGED
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            _restore(numbers, at, rows[first:last], scales[first:last], values)
        status[index] = DONE


def _read_raw(content: bytes, samples: int, out: npt.NDArray[Any]) -> None:  # noqa: ARG001 - signature of pco's
    out[:] = np.frombuffer(content, dtype="<f8", count=len(out))


def _decode(
    data: mmap.mmap | bytes,
    read: Callable[[bytes, int, npt.NDArray[Any]], Any],
    rows: IntArray,
    pages: IntArray,
    dtype: type[np.generic],
) -> tuple[npt.NDArray[Any], IntArray]:
    """The numbers of all rows of a chunk, one after the other, and where each row begins."""
    used = [pages[first:end] for first, end in rows[:, :2].tolist()]
    at = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([int(row[:, 3].sum()) for row in used], out=at[1:])
    numbers = np.empty(int(at[-1]), dtype=dtype)
    for out, row in zip(at.tolist(), used, strict=False):
        for begin, end, samples, wanted in row.tolist():
            read(data[begin:end], samples, numbers[out : out + wanted])
            out += wanted
    return numbers, at


def _restore(numbers: npt.NDArray[Any], at: IntArray, rows: IntArray, scales: FloatArray, values: FloatArray) -> None:
    """Turn numbers into values; rows of one shape and evenly spaced in `values` in one go."""
    skips, lengths, begins = rows[:, 2], rows[:, 3], rows[:, 4]
    widths, steps = np.diff(at), np.diff(begins)
    alike = all(bool((column == column[0]).all()) for column in (skips, lengths, widths))
    if len(rows) > 1 and alike and steps[0] >= lengths[0] and bool((steps == steps[0]).all()):
        skip, length, step = int(skips[0]), int(lengths[0]), int(steps[0])
        shape = (len(rows), length)
        target: FloatArray = np.ndarray(shape, np.float64, values.data, int(begins[0]) * 8, (step * 8, 8))
        _scale(numbers.reshape(len(rows), -1)[:, skip : skip + length], scales, target)
        return
    for index, (start, end) in enumerate(pairwise(at.tolist())):
        skip, length, begin = int(skips[index]), int(lengths[index]), int(begins[index])
        part = numbers[start:end][skip : skip + length]
        _scale(part[None, :], scales[index : index + 1], values[None, begin : begin + length])


def _scale(numbers: npt.NDArray[Any], scales: FloatArray, out: FloatArray) -> None:
    multiplier, divisor = scales[:, :1], scales[:, 1:]
    if bool((scales == scales[0]).all()):
        multiplier, divisor = multiplier[:1], divisor[:1]
    if bool((multiplier == 1.0).all()):
        if bool((divisor == 1.0).all()):
            out[...] = numbers
        else:
            np.divide(numbers, divisor, out=out)
        return
    np.multiply(numbers, multiplier, out=out)
    np.divide(out, divisor, out=out)
