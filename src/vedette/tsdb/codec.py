"""How values become integers and back: decimal mantissas where that is exact, float64 elsewhere, lossless always.

The integers are compressed by pco (`pcodec`); docs/formats/chunks.md has the byte layout.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vedette.model.special import BoolArray, FloatArray, IntArray

MAX_EXPONENT: Final = 12
"""Values with more decimal places are kept as float64: their mantissas would not be smaller."""
_MAX_MANTISSA: Final = float(2**52)
_SAMPLE: Final = 32
"""Values a row looked at to guess its exponent; the guess is then checked on all of them."""
_CHUNK_SAMPLE: Final = 4096
POWERS: Final = np.array([float(10**exponent) for exponent in range(MAX_EXPONENT + 1)])
_MAX_EXCEPTION_SHARE: Final = 16
"""A row with more than one value in this many that is no decimal number is kept as float64."""
_CHEAP_EXCEPTION_SHARE: Final = 64
"""Below one in this many, odd values are kept apart rather than giving the whole row a finer exponent."""


class Kind(IntEnum):
    """How the rows of a chunk are stored; the numbers are part of the format."""

    CONSTANT = 0
    INT16 = 1
    INT32 = 2
    INT64 = 3
    FLOAT64 = 4
    RAW = 5


DTYPES: Final[dict[Kind, type[np.generic]]] = {
    Kind.INT16: np.int16,
    Kind.INT32: np.int32,
    Kind.INT64: np.int64,
    Kind.FLOAT64: np.float64,
    Kind.RAW: np.float64,
}
PCO_DTYPES: Final = {Kind.INT16: "i16", Kind.INT32: "i32", Kind.INT64: "i64", Kind.FLOAT64: "f64"}


class Analysis(Struct, frozen=True):
    """What was found out about R rows with N samples.

    kind        uint8[R]: a Kind, RAW not being used here
    exponent    int8[R]: value = mantissa * multiplier / 10**exponent
    multiplier  int64[R], >= 1
    mantissas   int64[N]; meaningless in rows that are no integers
    exceptions  int64[E] ascending: positions in N where the mantissa does not stand for the value
    spread      float32[R]: how far apart the numbers or their differences lie, in bits
    """

    kind: npt.NDArray[np.uint8]
    exponent: npt.NDArray[np.int8]
    multiplier: IntArray
    mantissas: IntArray
    exceptions: IntArray
    spread: npt.NDArray[np.float32]


def analyse(values: FloatArray, starts: IntArray) -> Analysis:
    """Decide how to store rows values[starts[r]:starts[r + 1]]; rows must not be empty."""
    lengths = np.diff(starts)
    kind, exponent = _guess(values, starts, lengths)
    mantissas, wrong = _mantissas(values, exponent, lengths)
    mantissas, wrong = _refine(values, starts, kind, exponent, mantissas, wrong)
    counts = np.add.reduceat(wrong, starts[:-1], dtype=np.int64)
    kind[(kind != Kind.CONSTANT) & (counts > np.maximum(lengths // _MAX_EXCEPTION_SHARE, 1))] = Kind.FLOAT64
    exceptions = np.flatnonzero(wrong & np.repeat(kind == Kind.INT64, lengths))
    _fill_exceptions(mantissas, starts, exceptions)
    multiplier = _divide_common(mantissas, starts, lengths, kind)
    _narrow(mantissas, starts, kind)
    return Analysis(kind, exponent, multiplier, mantissas, exceptions, _spread(mantissas, starts, lengths))


def _sampled(starts: IntArray, lengths: IntArray, margin: int = 0) -> IntArray:
    """int64[R, K]: positions spread evenly over each row; `margin` more samples follow each position.

    K is _SAMPLE, less where all rows are shorter.
    """
    sample = min(_SAMPLE, int(lengths.max(initial=1)))
    reach = np.maximum(lengths - margin, 1)
    return starts[:-1, None] + (reach[:, None] * np.arange(sample)) // sample


def _guess(
    values: FloatArray, starts: IntArray, lengths: IntArray
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8]]:
    """Constant rows, and for the others the smallest exponent that suits nearly all of a few values of the row."""
    rows = len(lengths)
    bits = values.view(np.uint64)
    differs = bits != np.repeat(bits[starts[:-1]], lengths)
    varies = np.logical_or.reduceat(differs, starts[:-1])
    kind = np.full(rows, Kind.FLOAT64, dtype=np.uint8)
    kind[~varies] = Kind.CONSTANT
    exponent = np.zeros(rows, dtype=np.int8)
    open_rows = np.flatnonzero(varies)
    sample = values[_sampled(starts, lengths)[open_rows]]
    for power in range(MAX_EXPONENT + 1):
        if len(open_rows) == 0:
            break
        fits = ~_not_decimal(sample, POWERS[power])
        # Up to a quarter may be markers or oddities here: the check on the whole row counts exactly.
        found = fits.sum(axis=1) >= sample.shape[1] - sample.shape[1] // 4
        kind[open_rows[found]] = Kind.INT64
        exponent[open_rows[found]] = power
        open_rows, sample = open_rows[~found], sample[~found]
    return kind, exponent


def _not_decimal(values: FloatArray, power: float | FloatArray) -> BoolArray:
    """Where value != rint(value * power) / power, bit for bit."""
    with np.errstate(invalid="ignore", over="ignore"):
        mantissa = np.rint(values * power)
        wrong = (mantissa / power).view(np.uint64) != values.view(np.uint64)
        wrong |= ~(np.abs(mantissa) <= _MAX_MANTISSA)
    # A negative zero is a mantissa 0 that comes back positive.
    wrong |= (mantissa == 0) & np.signbit(values)
    return np.asarray(wrong)


def _mantissas(values: FloatArray, exponent: npt.NDArray[np.int8], lengths: IntArray) -> tuple[IntArray, BoolArray]:
    """Mantissas int64[N] at each row's exponent and where they are wrong."""
    powers = POWERS[exponent]
    same = len(powers) > 0 and bool((powers == powers[0]).all())
    power: float | FloatArray = float(powers[0]) if same else np.repeat(powers, lengths)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = values * power
        np.rint(scaled, out=scaled)
        mantissas = scaled.astype(np.int64)
        np.divide(mantissas, power, out=scaled)
    wrong = scaled.view(np.uint64) != values.view(np.uint64)
    wrong |= (mantissas > 2**52) | (mantissas < -(2**52))
    return mantissas, wrong


def _refine(
    values: FloatArray,
    starts: IntArray,
    kind: npt.NDArray[np.uint8],
    exponent: npt.NDArray[np.int8],
    mantissas: IntArray,
    wrong: BoolArray,
) -> tuple[IntArray, BoolArray]:
    """Give rows with many wrong values the finer exponent these need; changes `exponent`, `mantissas`, `wrong`."""
    lengths = np.diff(starts)
    counts = np.add.reduceat(wrong, starts[:-1], dtype=np.int64)
    for row in np.flatnonzero((kind == Kind.INT64) & (counts > lengths // _CHEAP_EXCEPTION_SHARE)).tolist():
        part = slice(int(starts[row]), int(starts[row + 1]))
        odd = values[part][wrong[part]]
        needed = exponent[row]
        for power in range(int(exponent[row]) + 1, MAX_EXPONENT + 1):
            still = _not_decimal(odd, POWERS[power])
            if not still.all():
                needed = np.int8(power)
                odd = odd[still]
            if len(odd) == 0:
                break
        if needed != exponent[row]:
            finer, finer_wrong = _mantissas(values[part], np.array([needed]), lengths[row : row + 1])
            if finer_wrong.sum() < counts[row]:
                exponent[row], mantissas[part], wrong[part] = needed, finer, finer_wrong
    return mantissas, wrong


def _fill_exceptions(mantissas: IntArray, starts: IntArray, exceptions: IntArray) -> None:
    """Give exceptions the mantissa before them in their row, or the first good one, so that they cost nothing."""
    if len(exceptions) == 0:
        return
    rows = np.searchsorted(starts, exceptions, side="right") - 1
    for row in np.unique(rows).tolist():
        first, end = int(starts[row]), int(starts[row + 1])
        good = np.ones(end - first, dtype=np.bool_)
        good[exceptions[rows == row] - first] = False
        mantissas[first:end] = mantissas[first:end][_forward(good)]


def _forward(good: BoolArray) -> IntArray:
    """For each position the last good one at or before it, else the first good one."""
    first = int(good.argmax())
    return np.maximum(np.maximum.accumulate(np.where(good, np.arange(len(good)), 0)), first)


def _divide_common(mantissas: IntArray, starts: IntArray, lengths: IntArray, kind: npt.NDArray[np.uint8]) -> IntArray:
    """Divide rows by their greatest common divisor (bytes in pages, steps of 0.25); int64[R] divisors."""
    multiplier = np.ones(len(lengths), dtype=np.int64)
    common = np.gcd.reduce(mantissas[_sampled(starts, lengths)], axis=1)
    for row in np.flatnonzero((kind == Kind.INT64) & (common > 1)).tolist():
        part = mantissas[starts[row] : starts[row + 1]]
        divisor = int(common[row])
        quotient, rest = np.divmod(part, divisor)
        if rest.any():
            divisor = int(np.gcd.reduce(np.append(rest, divisor)))
            quotient = part // divisor
        multiplier[row] = divisor
        part[:] = quotient
    return multiplier


def _narrow(mantissas: IntArray, starts: IntArray, kind: npt.NDArray[np.uint8]) -> None:
    """Give integer rows the narrowest kind that holds them."""
    low = np.minimum.reduceat(mantissas, starts[:-1])
    high = np.maximum.reduceat(mantissas, starts[:-1])
    integer = kind == Kind.INT64
    kind[integer & (low >= -(2**31)) & (high < 2**31)] = Kind.INT32
    kind[integer & (low >= -(2**15)) & (high < 2**15)] = Kind.INT16


def _spread(mantissas: IntArray, starts: IntArray, lengths: IntArray) -> npt.NDArray[np.float32]:
    """How far apart a row's numbers, or its differences if that is less, lie; in bits, from a few places of the row."""
    at = _sampled(starts, lengths, margin=2)
    last = starts[1:, None] - 1
    bits = _bits(*(mantissas[np.minimum(at + ahead, last)] for ahead in range(3)))
    return np.asarray(bits.min(axis=0), dtype=np.float32)


def best_order(numbers: npt.NDArray[np.integer[Any]]) -> int:
    """How many rounds of differences, 0 to 2, leave the least to store of a chunk's numbers."""
    reach = len(numbers) - 2
    if reach < _SAMPLE:
        return 1
    at = np.linspace(0, reach - 1, min(reach, _CHUNK_SAMPLE)).astype(np.int64)
    bits = _bits(*(numbers[None, at + ahead] for ahead in range(3)))[:, 0]
    return 1 if bits[1] <= bits.min() else int(bits.argmin())


def _bits(*ahead: npt.NDArray[np.integer[Any]]) -> FloatArray:
    """float64[3, R]: mean bits of numbers [R, K], of their differences, and of the differences of these."""
    here, after, later = (numbers.astype(np.float64) for numbers in ahead)
    choices = (here, after - here, later - 2 * after + here)
    centred = (np.abs(choice - np.median(choice, axis=1)[:, None]) for choice in choices)
    return np.stack([np.log2(1 + distance).mean(axis=1) for distance in centred])
