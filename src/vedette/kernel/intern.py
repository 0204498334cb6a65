"""Intern tables: raw series keys -> refs, and the walks over wire formats that fill columns through them.

`Table` is the compiled class where it was built, else its plain twin; both answer alike (tests compare them).
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Final, Protocol

from vedette import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_TIMESTAMP: Final = -(2**63)
"""In a timestamp column: the sender gave none."""
UNRESOLVED: Final = -1
"""A ref that must be asked for again."""
MISSED: Final = -1000
"""A ref of -1000 - i stands for the i-th missed key of this request."""
MAX_KEY_BYTES: Final = 65_535
MAX_EXAMPLES: Final = 10
MAX_SAMPLES: Final = 2**22
MAX_SYMBOLS: Final = 2**22
MAX_LABEL_REFS: Final = 2 * MAX_KEY_BYTES
MAX_MISSED_KEY_BYTES: Final = 128 * 1024 * 1024
MAX_BUILT_KEY_BYTES: Final = 1024**3
# As in model.special, which kernels do not import.
STALE_BITS: Final = 0x7FF0_0000_0000_0002
NORMAL_NAN_BITS: Final = 0x7FF8_0000_0000_0001

# Codes of problems: the kernels count them and keep the first few positions; ingest has a reason and words for each.
BAD_NAME: Final = 1
BAD_LABELS: Final = 2
BAD_VALUE: Final = 3
BAD_TIMESTAMP: Final = 4
TRAILING_TEXT: Final = 5
NO_VALUE: Final = 6
NO_FIELDS: Final = 7
BAD_FIELD: Final = 8
STRING_VALUE: Final = 9
EXEMPLAR: Final = 10
NATIVE_HISTOGRAM: Final = 11
NO_EOF: Final = 12
AFTER_EOF: Final = 13
KEY_TOO_LONG: Final = 14
BAD_SYMBOL: Final = 15
TOO_MANY_MISSES: Final = 16
BAD_ITEM: Final = 17
# Codes that end the walk.
TRUNCATED: Final = 20
BAD_WIRE_TYPE: Final = 21
TOO_MANY_SYMBOLS: Final = 22
TOO_MANY_SAMPLES: Final = 23

Body = bytes | bytearray

Walk = tuple[
    int, bytearray, bytearray, bytearray, bytearray, list[bytes], dict[int, int], list[tuple[int, int]], list[bytes]
]
"""(generation, refs int64[N], timestamps int64[N], values float64[N], missed entries int64[M], missed keys [M],
problems by code, examples (code, position), metadata slices).

Refs are >= 0, or codes below UNRESOLVED that the owner set by `resolve`, or MISSED - i. Timestamps are milliseconds
or NO_TIMESTAMP. Metadata slices: MetricMetadata messages (remote write 1.0); one per missed key, either empty or
int64[5] type, help offset, help length, unit offset, unit length into the body (2.0); HELP, TYPE and UNIT lines
without `# ` (exposition), empty when they are those of the previous walk.
"""


class TableDoor(Protocol):
    """What both implementations offer; thread-safe. A fatal problem raises ValueError(code, position)."""

    def remote_write(self, body: Body, version: int) -> Walk:
        """Walk an uncompressed remote-write message of version 1 or 2; positions are series indexes."""
        ...

    def influx(self, body: Body, multiply: int, divide: int) -> Walk:
        """Walk line protocol; milliseconds = timestamp * multiply // divide; positions are lines from 1.

        A missed key is the text before the fields, a space, and the raw field name.
        """
        ...

    def exposition(self, body: Body, openmetrics: bool) -> Walk:
        """Walk Prometheus text (timestamps in ms) or OpenMetrics (in s); positions are lines from 1."""
        ...

    def lookup(self, keys: Sequence[bytes]) -> Walk:
        """Look keys up; only refs and misses of the walk are filled."""
        ...

    def resolve(self, generation: int, entries: bytes, refs: bytes) -> None:
        """Store refs int64[M] for entries int64[M] that a walk of this generation missed."""
        ...

    def retry(self, codes: Sequence[int]) -> None:
        """Make all entries with one of these refs unresolved."""
        ...

    def sweep(self) -> tuple[int, int, int]:
        """(entries used since the last sweep, entries, bytes of keys)."""
        ...

    def forget(self) -> None:
        """Drop all entries and begin a new generation."""
        ...


def new_table(max_misses: int) -> TableDoor:
    """An empty table; a walk reports misses beyond `max_misses` as TOO_MANY_MISSES."""
    if kernel.WANTED:
        try:
            compiled = importlib.import_module("vedette.kernel._intern")
        except ImportError:
            pass
        else:
            table: TableDoor = compiled.Table(os.urandom(16), max_misses)
            return table
    # Imported late because the twin needs the constants above.
    plain = importlib.import_module("vedette.kernel.plain_intern")
    twin: TableDoor = plain.PlainTable(max_misses)
    return twin
