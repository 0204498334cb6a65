"""Pictures of the page as arrays: taken when they stand still, kept small, compared with a tolerance."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

Pixels = NDArray[np.uint8]
"""Rows, columns, red green blue."""

COLOURS = 256
# levels of 255 that a channel may differ by: what keeping it small, and rasterisers of other processors, change
LEVELS = 12
STILL_TRIES = 40
DECODE = """async picture => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  let text = '';
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [image.height, image.width, btoa(text)];
}"""


def decode(page: Page, png: bytes) -> Pixels:
    """The pixels of a PNG; the browser knows how."""
    height, width, content = page.evaluate(DECODE, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(content), np.uint8).reshape(height, width, 4)
    return pixels[:, :, :3]


def take(locator: Locator) -> bytes:
    """A PNG of an element that looks the same twice."""
    before = b""
    for _ in range(STILL_TRIES):
        now = locator.screenshot(animations="disabled", caret="hide")
        if now == before:
            return now
        before = now
    raise AssertionError(f"{locator} does not stand still")


def encode(pixels: Pixels) -> bytes:
    """A small PNG with at most 256 colours."""
    for bits in (5, 4):
        top = (1 << bits) - 1
        levels = (pixels.astype(np.uint32) * top + 127) // 255
        packed = (levels[:, :, 0] << 16) | (levels[:, :, 1] << 8) | levels[:, :, 2]
        colours, at = np.unique(packed, return_inverse=True)
        if len(colours) <= COLOURS:
            break
    else:
        raise AssertionError(f"{len(colours)} colours are too many for a small picture")
    height, width = packed.shape
    palette = np.stack([(colours >> shift & 255) * 255 // top for shift in (16, 8, 0)], axis=1).astype(np.uint8)
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = at.reshape(height, width)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def differing(one: Pixels, other: Pixels) -> NDArray[np.bool_]:
    """Where two pictures of one size are not alike."""
    apart = np.abs(one.astype(np.int16) - other.astype(np.int16)).max(axis=2)
    return apart > LEVELS


def marked(pixels: Pixels, where: NDArray[np.bool_]) -> Pixels:
    """A pale picture with what differs in red."""
    pale = (pixels // 4 + 191).astype(np.uint8)
    pale[where] = (220, 0, 0)
    return pale
