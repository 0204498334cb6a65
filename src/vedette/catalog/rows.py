"""Rows <-> records: columns have the names of the record's fields."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row

R = TypeVar("R", bound=msgspec.Struct)


def as_row(record: msgspec.Struct) -> dict[str, Any]:
    """Values of a row."""
    return msgspec.structs.asdict(record)


def as_record(shape: type[R], row: Row[Any]) -> R:
    """The record of a row that has exactly its columns."""
    return shape(**row._mapping)  # noqa: SLF001 - a public attribute, named so that no column can collide with it


def as_records(shape: type[R], rows: Any) -> list[R]:
    """The records of a result."""
    # Not by `mappings`, which takes thrice as long: all users and sessions are read whenever one of them changes.
    names = tuple(rows.keys())
    return [shape(**dict(zip(names, row, strict=True))) for row in rows.all()]
