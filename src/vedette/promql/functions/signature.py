"""What a PromQL function looks like from outside; the table itself is promql/functions/table.py."""

from __future__ import annotations

from msgspec import Struct

from vedette.promql.ast import ValueType


class Signature(Struct, frozen=True):
    """One function.

    `variadic`: 0 = exactly the listed arguments; n > 0 = up to n of the trailing arguments may be left out;
    -1 = the last argument may be repeated or left out.
    """

    name: str
    args: tuple[ValueType, ...]
    returns: ValueType
    doc: str
    variadic: int = 0
    experimental: bool = False
