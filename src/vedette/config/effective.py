"""Settings in force as texts: for the status pages and for a file that would bring them about again."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from vedette.config.reference import default_text, describe
from vedette.config.tree import Field, fields_of

_HIDDEN = '"<secret>"'
# Greedy to the last @: a password that should have been percent-encoded is hidden as well.
_PASSWORD_OF_URL = re.compile(r"(?<=://)([^:/@]*):.*@")
_PASSWORD_PARAMETER = re.compile(r"(?i)([?&][^=&]*password=)[^&\"]*")


class Effective(Struct, frozen=True):
    """One setting in force; `value` and `default` as the settings file writes them."""

    field: Field
    value: str
    default: str

    @property
    def description(self) -> str:
        return describe(self.field)


def effective(settings: object) -> list[Effective]:
    """Every setting of a tree, in the order of declaration; secrets are not shown."""
    found = []
    for item in fields_of(type(settings)):
        value: object = settings
        for name in item.path:
            value = getattr(value, name)
        default = default_text(item)
        # A number, such as the least length of a password, is no secret.
        hidden = item.is_secret and value != item.default and not isinstance(value, int)
        text = _HIDDEN if hidden else without_password(default_text(replace(item, default=value)))
        found.append(Effective(item, text, default))
    return found


def without_password(text: str) -> str:
    """The text with the passwords of URLs hidden."""
    if "://" not in text:
        return text
    return _PASSWORD_PARAMETER.sub(r"\1<secret>", _PASSWORD_OF_URL.sub(r"\1:<secret>@", text))


def as_toml(settings: object) -> str:
    """A settings file with everything that differs from the defaults."""
    changed = [item for item in effective(settings) if item.value != item.default]
    lines: list[str] = []
    section = ""
    for item in changed:
        prefix, _, name = item.field.key.rpartition(".")
        if prefix != section:
            lines += ["", f"[{prefix}]"] if lines else [f"[{prefix}]"]
            section = prefix
        lines.append(f"{name} = {item.value}")
    return "\n".join(lines) + ("\n" if lines else "")
