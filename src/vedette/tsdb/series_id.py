"""Series ids: 64 bits that stand for a label set in every file of one store."""

from __future__ import annotations

from hashlib import blake2b
from itertools import chain
from typing import Final

from vedette.model.labels import Labels

KEY_BYTES: Final = 16
_SEPARATOR: Final = b"\xff"
"""Never part of UTF-8, so that no two label sets have the same canonical bytes."""


def canonical_bytes(labels: Labels) -> bytes:
    """Names and values in order, each ended by 0xFF."""
    # Once for each series of the log at every start: texts without anything special are encoded in one go.
    texts = "\0".join(chain.from_iterable(labels.pairs))
    if texts.isascii() and texts.count("\0") == 2 * len(labels.pairs) - 1:
        return texts.encode().replace(b"\0", _SEPARATOR) + _SEPARATOR
    # The empty last one is what ends the text before it.
    return _SEPARATOR.join([*map(str.encode, chain.from_iterable(labels.pairs)), b""])


def series_id(key: bytes, labels: Labels) -> int:
    """Keyed BLAKE2b-8 of the canonical bytes, below 2**64.

    `key` is the store's secret: without it nobody can construct two label sets that collide, and by chance a store
    with ten million series ever created has a collision with probability below 3e-6.
    """
    return int.from_bytes(blake2b(canonical_bytes(labels), digest_size=8, key=key).digest(), "little")
