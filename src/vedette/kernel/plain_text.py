"""The plain twin of the text kernel: the same bytes, one value at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def format_value(value: float) -> str:
    """As Prometheus prints a sample: shortest digits, an exponent below 1e-6 and from 1e21 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(float(value))
    sign = "-" if text.startswith("-") else ""
    mantissa, _, exponent_text = text.lstrip("-").partition("e")
    exponent = int(exponent_text or "0")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    magnitude = abs(value)
    if magnitude != 0 and (magnitude < 1e-6 or magnitude >= 1e21):
        return f"{sign}{whole}{'.' + fraction if fraction else ''}e{exponent:+03d}"
    digits, point = whole + fraction, len(whole) + exponent
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = digits[point:]
    return sign + digits[:point].ljust(point, "0") + ("." + rest if rest else "")


def format_time(time_ms: int) -> str:
    """Seconds, with three digits after the point where there is a fraction."""
    sign, rest = ("-", -time_ms) if time_ms < 0 else ("", time_ms)
    return f"{sign}{rest // 1000}" + (f".{rest % 1000:03d}" if rest % 1000 else "")


def matrix(
    names: Sequence[bytes], order: IntArray, timestamps_ms: IntArray, values: FloatArray, present: BoolArray
) -> bytes:
    """`[{"metric":..,"values":[[t,"v"],..]},..]` of the rows in `order`; rows without a point are left out.

    names: S JSON objects, order: int64[R], timestamps_ms: int64[K], values: float64[S, K], present: bool[S, K], or
    empty when every value is there. Raises ValueError when shapes do not fit.
    """
    _check(len(names), len(timestamps_ms), order, values, present)
    times = [f"[{format_time(time_ms)}," for time_ms in timestamps_ms.tolist()]
    rows: list[bytes] = []
    for row in order.tolist():
        there = _row(present, row, len(times))
        cells = zip(times, values.reshape(len(names), -1)[row].tolist(), there, strict=True)
        points = ",".join(f'{time}"{format_value(value)}"]' for time, value, is_there in cells if is_there)
        if any(there):
            rows.append(b'{"metric":' + names[row] + b',"values":[' + points.encode() + b"]}")
    return b"[" + b",".join(rows) + b"]"


def ragged(names: Sequence[bytes], starts: IntArray, timestamps_ms: IntArray, values: FloatArray) -> bytes:
    """As `matrix`, for series with their own timestamps: row s is [starts[s]:starts[s + 1]], starts: int64[S + 1]."""
    bounds = starts.tolist()
    if (
        len(bounds) != len(names) + 1
        or bounds[0] != 0
        or bounds[-1] != len(values)
        or len(timestamps_ms) != len(values)
    ):
        raise ValueError("shapes do not fit")
    if any(left > right for left, right in pairwise(bounds)):
        raise ValueError("shapes do not fit")
    rows: list[bytes] = []
    for name, left, right in zip(names, bounds, bounds[1:], strict=False):
        cells = zip(timestamps_ms[left:right].tolist(), values[left:right].tolist(), strict=True)
        points = ",".join(f'[{format_time(time_ms)},"{format_value(value)}"]' for time_ms, value in cells)
        rows.append(b'{"metric":' + name + b',"values":[' + points.encode() + b"]}")
    return b"[" + b",".join(rows) + b"]"


def vector(names: Sequence[bytes], order: IntArray, time_ms: int, values: FloatArray, present: BoolArray) -> bytes:
    """`[{"metric":..,"value":[t,"v"]},..]` of the rows in `order`; values: float64[S], present: bool[S] or empty."""
    _check(len(names), 1, order, values, present)
    time = f"[{format_time(time_ms)},"
    rows = [
        b'{"metric":' + names[row] + f',"value":{time}"{format_value(float(values[row]))}"]}}'.encode()
        for row in order.tolist()
        if present.size == 0 or present[row]
    ]
    return b"[" + b",".join(rows) + b"]"


def columns(names: Sequence[bytes], order: IntArray, steps: int, values: FloatArray, present: BoolArray) -> bytes:
    """`[{"labels":..,"values":[1,null,"NaN"]},..]` of the rows in `order`; rows without a point are left out.

    values: float64[S, steps], present: bool[S, steps] or empty.
    """
    if steps < 0:
        raise ValueError("shapes do not fit")
    _check(len(names), steps, order, values, present)
    rows: list[bytes] = []
    for row in order.tolist():
        there = _row(present, row, steps)
        if not any(there):
            continue
        cells = zip(values.reshape(len(names), -1)[row].tolist(), there, strict=True)
        points = ",".join(_cell(value) if is_there else "null" for value, is_there in cells)
        rows.append(b'{"labels":' + names[row] + b',"values":[' + points.encode() + b"]}")
    return b"[" + b",".join(rows) + b"]"


def _cell(value: float) -> str:
    text = format_value(value)
    return text if math.isfinite(value) else f'"{text}"'


def _row(present: BoolArray, row: int, steps: int) -> list[bool]:
    if present.size == 0:
        return [True] * steps
    flags: list[bool] = present.reshape(-1, steps)[row].tolist()
    return flags


def _check(rows: int, steps: int, order: IntArray, values: FloatArray, present: BoolArray) -> None:
    if values.size != rows * steps or present.size not in (0, rows * steps):
        raise ValueError("shapes do not fit")
    if len(order) and (int(order.min()) < 0 or int(order.max()) >= rows):
        raise ValueError("shapes do not fit")
