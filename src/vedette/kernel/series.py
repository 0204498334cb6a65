"""Series of the log, decoded and identified in one call: most of what a start with many series has to do.

It has no plain twin: where it was not built, and for what it does not read, `tsdb.wal_records` and `tsdb.series_id`
do the same one series after the other, which tests compare it with.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import numpy as np

from vedette.kernel import WANTED
from vedette.kernel.arrays import IntArray

_compiled: Any = None
if WANTED:
    with suppress(ImportError):
        from vedette.kernel import _series as _compiled  # built only where a compiler is
BUILT: Final[bool] = _compiled is not None

Pair = tuple[str, str]


def decode_series(
    packed: memoryview, key: bytes, shared: dict[Pair, Pair]
) -> tuple[IntArray, list[tuple[Pair, ...]], list[int]] | None:
    """Refs, pairs and series ids under `key` of msgpack `[[ref, [name, value, ...]], ...]`.

    Equal pairs are one object, that in `shared`, which gets those that are new. None when this was not built or the
    bytes are of any other shape.
    """
    found = None if _compiled is None else _compiled.decode(packed, key, shared)
    if found is None:
        return None
    refs, rows, ids = found
    return np.frombuffer(refs, dtype=np.int64), rows, np.frombuffer(ids, dtype=np.uint64).tolist()
