"""What a PromQL function looks like from outside; the table itself is promql/functions/table.py."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.promql.ast import ValueType


@dataclass(frozen=True, slots=True)
class Signature:
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
