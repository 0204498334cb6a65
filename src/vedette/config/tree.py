"""The settings tree as a flat table of fields: the name, type, unit and default of each leaf dataclass field.

A field's unit is the end of its Python name and left out of the setting's name: `timeout_s: float = 120` of the
section `query` is the setting `query.timeout`, written as a duration; `max_body_bytes` is `max_body`, a size.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any, Literal

from msgspec import Struct

Unit = Literal["", "ms", "s", "bytes"]
_SECRET = ("password", "token", "secret", "credential", "key_file", "proxy_url")
# Addresses with a password inside: shown without it, a wrong one is not repeated.
_HOLDS_SECRET = ("catalog.url",)
_SUFFIXES: tuple[tuple[str, Unit], ...] = (("_ms", "ms"), ("_s", "s"), ("_bytes", "bytes"))


class Field(Struct, frozen=True):
    """One setting: `key` is its dotted name, `path` the attributes that lead to it in the tree."""

    key: str
    path: tuple[str, ...]
    type: Any
    unit: Unit
    default: object
    owner: type
    """The dataclass that declares it."""

    @property
    def env(self) -> str:
        """Name of the environment variable that sets it."""
        return "VEDETTE_" + self.key.replace(".", "_").upper()

    @property
    def is_secret(self) -> bool:
        """Whether its values are shown to nobody, by its name."""
        return any(word in self.key for word in _SECRET)

    @property
    def may_hold_secret(self) -> bool:
        """Whether a value that cannot be read may be a secret or have one inside."""
        return self.is_secret or self.key in _HOLDS_SECRET


def fields_of(root: type) -> tuple[Field, ...]:
    """All leaf fields of a tree of dataclasses, in the order of declaration."""
    return tuple(_walk(root, (), ""))


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """The types of a dataclass, annotations included; a start looks at each three times."""
    return typing.get_type_hints(cls, include_extras=True)


def sections_of(root: type) -> dict[str, type]:
    """Dotted name of each nested dataclass; the root is the empty name."""
    found: dict[str, type] = {"": root}
    hints = hints_of(root)
    for item in dataclasses.fields(root):
        if dataclasses.is_dataclass(hints[item.name]):
            for name, section in sections_of(hints[item.name]).items():
                found[item.name + ("." + name if name else "")] = section
    return found


def _walk(cls: type, path: tuple[str, ...], prefix: str) -> list[Field]:
    found: list[Field] = []
    hints = hints_of(cls)
    taken: set[str] = set()
    for item in dataclasses.fields(cls):
        declared = hints[item.name]
        if isinstance(declared, type) and dataclasses.is_dataclass(declared):
            found += _walk(declared, (*path, item.name), f"{prefix}{item.name}.")
            continue
        name, unit = _split_unit(item.name, declared)
        if name in taken:
            # A duration and a size of one thing: `retention` and `retention_size`.
            name += "_size" if unit == "bytes" else "_time"
        taken.add(name)
        default = item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default
        found.append(Field(prefix + name, (*path, item.name), declared, unit, default, cls))
    return found


def _split_unit(name: str, declared: Any) -> tuple[str, Unit]:
    if plain_type(declared) not in (int, float) or name.endswith("_per_s"):
        return name, ""
    for suffix, unit in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix), unit
    return name, ""


def plain_type(declared: Any) -> Any:
    """The type without Annotated and without `| None`."""
    if typing.get_origin(declared) is typing.Annotated:
        return plain_type(typing.get_args(declared)[0])
    if typing.get_origin(declared) in (typing.Union, types.UnionType):
        rest = [arg for arg in typing.get_args(declared) if arg is not type(None)]
        return plain_type(rest[0]) if len(rest) == 1 else declared
    return declared
