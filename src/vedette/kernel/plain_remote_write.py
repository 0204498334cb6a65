"""Plain walks over Prometheus remote write, versions 1.0 and 2.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vedette.kernel.protobuf import varint


class Sink(Protocol):
    """The columns being filled."""

    metadata: list[bytes]
    built_bytes: int

    def problem(self, code: int, position: int, count: int = 1) -> None: ...

    def ref_of(self, key: bytes, position: int, samples: int) -> tuple[int, bool]: ...

    def append_ref(self, ref: int, timestamp: int, value: float) -> None: ...


def label_key(texts: Sequence[bytes]) -> bytes:
    """Alternating names and values as the Label messages of remote write 1.0."""
    key = b""
    for name, value in zip(texts[::2], texts[1::2], strict=True):
        label = b"\x0a" + varint(len(name)) + name + b"\x12" + varint(len(value)) + value
        key += b"\x0a" + varint(len(label)) + label
    return key
