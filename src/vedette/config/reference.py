"""The reference page of all settings, written from the dataclasses and the docstrings below their fields."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
import typing
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from vedette.config.tree import Field, fields_of, plain_type, sections_of
from vedette.config.units import print_setting_duration, print_size_bytes

_HEADER = """# Settings

Every setting has a default; give only what differs. Sources, later ones winning: the TOML file (`--config FILE`), the
environment, flags (`--set name=value`, and those of `vedette serve`). `vedette check config FILE` names every error
with its line. Durations are written `15s`, `250ms`, `1h30m`; sizes `512MiB`, `2GB`.

```toml
[http]
port = 9000

[query]
timeout = "30s"
```
"""


def settings_page(root: type) -> str:
    """Markdown of all settings of a tree."""
    sections = sections_of(root)
    lines = [_HEADER]
    for name, section in sections.items():
        fields = [item for item in fields_of(root) if item.key.rpartition(".")[0] == name]
        if not fields:
            continue
        lines += [f"## {name}", "", inspect.cleandoc(section.__doc__ or ""), ""]
        lines += ["| setting | default | environment | meaning |", "|---|---|---|---|"]
        for item in fields:
            kind = _kind(item)
            meaning = describe(item).replace("\n", " ").replace("|", "\\|") + (f" ({kind})" if kind else "")
            lines.append(f"| `{item.key}` | `{default_text(item)}` | `{item.env}` | {meaning} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def describe(item: Field) -> str:
    """The docstring below a field; empty when there is none."""
    return _docstrings(item.owner).get(item.path[-1], "")


def default_text(item: Field) -> str:
    """The default as the settings file writes it."""
    value: Any = item.default
    if item.unit == "bytes" and isinstance(value, int):
        return f'"{print_size_bytes(value)}"'
    if item.unit in ("ms", "s") and isinstance(value, int | float):
        return f'"{print_setting_duration(value * (1 if item.unit == "ms" else 1000))}"'
    return "not set" if value is None else _toml(value)


def _toml(value: Any) -> str:
    """A value without a unit, in one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        return f'"{value}"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, msgspec.Struct):
        # Of a section with free names, such as a provider of identities, only what was set.
        made = msgspec.structs.asdict(value)
        value = {name: item for name, item in made.items() if item not in (None, "", (), {}, False)}
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_name(name)} = {_toml(item)}" for name, item in value.items()) + " }" if value else "{}"
        )
    return str(value)


def _name(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else f'"{text}"'


def _kind(item: Field) -> str:
    """What may be written, where the default does not show it."""
    plain = plain_type(item.type)
    if typing.get_origin(plain) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in typing.get_args(plain))
    return ""


@cache
def _docstrings(owner: type) -> dict[str, str]:
    """Texts that stand right below the fields of a dataclass."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    body = typing.cast("ast.ClassDef", tree.body[0]).body
    found = {}
    for before, after in itertools.pairwise(body):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr):
            value = after.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[before.target.id] = inspect.cleandoc(value.value)
    return found
