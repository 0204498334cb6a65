"""JSON objects of many label sets: the compiled kernel where it was built, else orjson; both give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import orjson

from vedette.kernel import WANTED

Pairs = tuple[tuple[str, str], ...]


def plain(sets: list[Pairs]) -> list[bytes]:
    """The objects, UTF-8, names in the given order; names must be unique. Raises TypeError or UnicodeError for a text
    that has no UTF-8 form."""
    return [orjson.dumps(dict(pairs)) for pairs in sets]


def _choose() -> Callable[[list[Pairs]], list[bytes]]:
    if WANTED:
        try:
            from vedette.kernel import _label_json  # noqa: PLC0415 - built only where a compiler is
        except ImportError:
            return plain
        return _label_json.objects
    return plain


objects: Final = _choose()
