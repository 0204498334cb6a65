"""Charts as PNG for mails: lines, their threshold and when alerts fired, drawn by NumPy and packed by zlib.

Mail programs show neither scripts nor, most of them, SVG. A plotting library would be fifty megabytes and a second of
imports for this one picture; numbers and names stand as text beside it, where they can be read aloud and searched.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.model.alert import Course
from vedette.model.special import FloatArray

WIDTH_PX: Final = 600
HEIGHT_PX: Final = 180
"""As mails show it; it is drawn twice as large for screens with small points."""
COLORS: Final = ("#175cd3", "#b54708", "#067647", "#6941c6", "#475467")
"""Of lines, in their order. Each stands out from white by 4.5 to 1."""
_SCALE: Final = 2
_FIRING, _THRESHOLD, _GRID = "#fda29b", "#d92d20", "#eaecf0"
_SAMPLES: Final = 4
"""Points of a line that are looked at within one column."""
_LINE_PX: Final = 3.0
"""As many columns are looked at together."""
_DASH_PX: Final = 14
_GRID_LINES: Final = 4
_BAND_ALPHA, _AREA_ALPHA = 0.35, 0.10
_MARGIN: Final = 0.08
_MOST: Final = 1e300
"""Differences of larger numbers could overflow; they are left out, as infinities are."""

Image = npt.NDArray[np.float32]


def chart_png(course: Course, firing_ms: Sequence[tuple[int, int]] = ()) -> bytes:
    """The picture; `firing_ms` are the times (first, last) in which alerts fired, drawn behind the lines."""
    drawing = _Drawing(course)
    for start_ms, end_ms in firing_ms:
        drawing.band(start_ms, end_ms)
    drawing.grid()
    for number, values in enumerate(course.values):
        drawing.line(values, COLORS[number % len(COLORS)], is_filled=len(course.values) == 1)
    if course.threshold is not None:
        drawing.threshold(course.threshold)
    return _packed(drawing.image)


class _Drawing:
    """An image of float32[height, width, 3] from 0 (black) to 1, painted from the back to the front."""

    def __init__(self, course: Course) -> None:
        self._width, self._height = WIDTH_PX * _SCALE, HEIGHT_PX * _SCALE
        self._start_ms, self._end_ms = course.start_ms, max(course.end_ms, course.start_ms + 1)
        self._step_ms = course.step_ms
        self._low, self._high = _range(course)
        self._rows = np.arange(self._height, dtype=np.float32)[:, None] + np.float32(0.5)
        self.image: Image = np.ones((self._height, self._width, 3), dtype=np.float32)

    def band(self, start_ms: int, end_ms: int) -> None:
        """A stretch of time."""
        edges = np.arange(self._width, dtype=np.float64)
        left, right = (self._x(moment) for moment in (start_ms, max(end_ms, start_ms)))
        # However short it was, it is to be seen.
        right = max(right, left + _SCALE)
        cover = np.clip(np.minimum(edges + 1, right) - np.maximum(edges, left), 0, 1)
        alpha = (cover * _BAND_ALPHA).astype(np.float32)
        self._paint(np.broadcast_to(alpha, (self._height, self._width)), _FIRING)

    def grid(self) -> None:
        """Level lines."""
        for number in range(_GRID_LINES + 1):
            row = round(number * (self._height - 1) / _GRID_LINES)
            self.image[row] = _rgb(_GRID)

    def line(self, values: FloatArray, color: str, *, is_filled: bool) -> None:
        """One series of float64[K], a value each step from the start on; where there is none is a gap."""
        top, bottom = self._columns(values)
        if is_filled:
            below = np.clip(self._rows + np.float32(0.5) - top, 0, 1)
            self._paint(np.nan_to_num(below) * _AREA_ALPHA, color)
        # Steep stretches are as thick as level ones: their columns are wide apart already.
        spread = bottom - top
        half = (np.hypot(spread, _LINE_PX) - spread) / 2
        cover = np.minimum(self._rows + 0.5, bottom + half) - np.maximum(self._rows - 0.5, top - half)
        self._paint(np.nan_to_num(np.clip(cover, 0, 1)), color)

    def threshold(self, value: float) -> None:
        """A dashed line at its height."""
        if not self._low <= value <= self._high:
            return
        centre = self._y(np.array([value]))[0]
        cover = np.clip(1.5 - np.abs(self._rows - centre), 0, 1)
        dashes = (np.arange(self._width) // _DASH_PX % 2 == 0).astype(np.float32)
        self._paint(cover * dashes, _THRESHOLD)

    def _columns(self, values: FloatArray) -> tuple[Image, Image]:
        """Highest and lowest row of a line around each column, float32[width]; NaN where it is not."""
        moments = np.linspace(0, self._end_ms - self._start_ms, self._width * _SAMPLES + 1) / self._step_ms
        padded = np.append(np.where(np.abs(values) < _MOST, values, np.nan), np.nan)
        before = np.minimum(moments.astype(np.int64), len(padded) - 2)
        weight = moments - before
        between = padded[before] * (1 - weight) + padded[before + 1] * weight
        rows = self._y(np.where(weight == 0, padded[before], np.where(weight > 1, np.nan, between)))
        starts = np.arange(self._width) * _SAMPLES
        windows = rows[np.clip(starts[:, None] + np.arange(-_SAMPLES, 2 * _SAMPLES + 1), 0, len(rows) - 1)]
        return (
            np.fmin.reduce(windows, axis=1).astype(np.float32),
            np.fmax.reduce(windows, axis=1).astype(np.float32),
        )

    def _x(self, time_ms: int) -> float:
        return (time_ms - self._start_ms) / (self._end_ms - self._start_ms) * self._width

    def _y(self, values: FloatArray) -> FloatArray:
        return (self._high - values) / (self._high - self._low) * self._height

    def _paint(self, cover: Image, color: str) -> None:
        alpha = cover[:, :, None].astype(np.float32)
        self.image += (_rgb(color) - self.image) * alpha


def _range(course: Course) -> tuple[float, float]:
    """The values at the lower and upper edge."""
    every = np.concatenate([*course.values, np.array([math.nan if course.threshold is None else course.threshold])])
    every = every[np.abs(every) < _MOST]
    if not len(every):
        return 0.0, 1.0
    low, high = float(every.min()), float(every.max())
    if 0 <= low <= high / 2:
        low = 0.0
    room = (high - low) * _MARGIN or abs(high) * 0.1 or 1.0
    return low - (room if low else 0.0), high + room


def _rgb(color: str) -> Image:
    return np.frombuffer(bytes.fromhex(color[1:]), dtype=np.uint8).astype(np.float32) / np.float32(255)


def _packed(image: Image) -> bytes:
    """PNG with 8 bits a colour; each row is written as its difference to the row above, which packs lines well."""
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    height, width, _ = pixels.shape
    rows = pixels.reshape(height, width * 3)
    rows[1:] = rows[1:] - rows[:-1]
    filtered = np.concatenate((np.full((height, 1), 2, dtype=np.uint8), rows), axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(filtered.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
