"""Builds the settings tree from defaults, a TOML file, the environment and flags, later ones winning.

This is the only reader of the environment. Every problem is collected with its place, none hides another.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct, field

from vedette.config import toml_lines
from vedette.config.tree import Field, fields_of, hints_of, plain_type, sections_of
from vedette.config.units import parse_setting_duration_ms, parse_size_bytes
from vedette.errors import BadData

T = TypeVar("T")

ENV_PREFIX = "VEDETTE_"
_YES = {"true", "1", "yes", "on"}
_NO = {"false", "0", "no", "off"}
_MAX_REPEATED = 60
# Read before any settings exist, where the compiled kernels are imported; and the command line's key.
_NOT_SETTINGS = {"VEDETTE_NO_KERNEL", "VEDETTE_API_KEY"}


class Problem(Struct, frozen=True):
    """One thing that is wrong, at `place`: `file:line`, an environment variable or a flag."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Loaded(Struct, Generic[T]):
    """The settings, or None when there are problems; `sources` says where each setting that is no default is from."""

    settings: T | None
    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def require(self) -> T:
        """The settings. Raises BadData that names every problem."""
        if self.settings is None:
            raise BadData("\n".join(str(problem) for problem in self.problems))
        return self.settings


def environment() -> dict[str, str]:
    """The variables of this process that concern Vedette."""
    return {name: value for name, value in os.environ.items() if name.startswith(ENV_PREFIX)}


def load(
    root: type[T],
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Loaded[T]:
    """Read all sources. `flags` maps dotted setting names to values; texts are parsed as in the environment."""
    loading = _Loading({item.key: item for item in fields_of(root)}, sections_of(root))
    if path is not None:
        loading.read_file(path)
    loading.read_environment(environ or {})
    loading.read_flags(flags or {})
    settings = loading.build(root)
    return Loaded(None if loading.problems else settings, loading.problems, loading.sources)


class _Loading:
    def __init__(self, fields: dict[str, Field], sections: dict[str, type]) -> None:
        self.fields = fields
        self.sections = sections
        self.values: dict[tuple[str, ...], object] = {}
        self.problems: list[Problem] = []
        self.sources: dict[str, str] = {}

    def read_file(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            self.problems.append(Problem(str(path), f"cannot be read: {reason}"))
            return
        document, syntax_errors = toml_lines.parse(text)
        self.problems += [Problem(f"{path}:{line}", message) for line, message in syntax_errors]
        lines = toml_lines.locate(text)
        self._read_table(document, "", path, lines)

    def _read_table(self, table: dict[str, Any], prefix: str, path: Path, lines: dict[str, int]) -> None:
        for name, value in table.items():
            key = prefix + name
            place = f"{path}:{_line_of(key, lines)}"
            if key in self.fields:
                self._set(self.fields[key], value, place)
            elif key not in self.sections:
                self.problems.append(Problem(place, self._unknown(key)))
            elif isinstance(value, dict):
                self._read_table(value, key + ".", path, lines)
            else:
                self.problems.append(Problem(place, f"{key} is a section: write [{key}] and its settings below"))

    def read_environment(self, environ: Mapping[str, str]) -> None:
        by_env = {item.env: item for item in self.fields.values()}
        for name, text in sorted(environ.items()):
            if name in by_env:
                self._set_text(by_env[name], text, name)
            elif name.startswith(ENV_PREFIX) and name not in _NOT_SETTINGS:
                self.problems.append(Problem(name, "unknown setting" + _did_you_mean(name, by_env)))

    def read_flags(self, flags: Mapping[str, Any]) -> None:
        for key, value in flags.items():
            place = f"flag {key}"
            if key not in self.fields:
                self.problems.append(Problem(place, self._unknown(key)))
            elif isinstance(value, str):
                self._set_text(self.fields[key], value, place)
            else:
                self._set(self.fields[key], value, place)

    def build(self, root: type[T]) -> T | None:
        return typing.cast("T | None", self._build(root, ()))

    def _build(self, cls: type, path: tuple[str, ...]) -> object:
        """The dataclass at `path`; None, with a problem noted, when its own checks refuse the values."""
        hints = hints_of(cls)
        arguments: dict[str, object] = {}
        for item in dataclasses.fields(cls):
            inner = (*path, item.name)
            if isinstance(hints[item.name], type) and dataclasses.is_dataclass(hints[item.name]):
                arguments[item.name] = self._build(typing.cast("type", hints[item.name]), inner)
            elif inner in self.values:
                arguments[item.name] = self.values[inner]
        try:
            return cls(**arguments)
        except (BadData, ValueError, TypeError) as error:
            section = ".".join(path)
            places = [place for key, place in self.sources.items() if key.startswith(section)]
            self.problems.append(Problem(places[0] if places else section, f"[{section}] {error}"))
            return None

    def _set(self, item: Field, value: object, place: str) -> None:
        try:
            self.values[item.path] = convert(item, value)
            self.sources[item.key] = place
        except BadData as error:
            self.problems.append(Problem(place, f"{item.key}: {error.message}"))

    def _set_text(self, item: Field, text: str, place: str) -> None:
        try:
            self._set(item, from_text(item, text), place)
        except BadData as error:
            self.problems.append(Problem(place, f"{item.key}: {error.message}"))

    def _unknown(self, key: str) -> str:
        return f"unknown setting {key!r}" + _did_you_mean(key, [*self.fields, *self.sections])


def convert(item: Field, value: object) -> object:
    """A value as TOML gives it -> the field's own type and unit. Raises BadData."""
    if item.unit:
        if value == 0 and not isinstance(value, bool):
            value = "0"
        if not isinstance(value, str):
            kind, example = ("size", "512MiB") if item.unit == "bytes" else ("duration", "15s")
            raise BadData(f'expected a {kind} as text such as "{example}", got {_kind(value)}')
        value = _with_unit(item, value)
    elif plain_type(item.type) is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    try:
        return msgspec.convert(value, item.type, dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        raise BadData(_in_words(str(error), value if is_telling(item, value) else "")) from None


def is_telling(item: Field, value: object) -> bool:
    """Whether a wrong value may be repeated: what is or holds a secret, or may, is not."""
    if isinstance(value, str):
        return len(value) < _MAX_REPEATED and "://" not in value and not item.may_hold_secret
    return isinstance(value, bool | int | float)


def _with_unit(item: Field, text: str) -> int | float:
    if item.unit == "bytes":
        return parse_size_bytes(text)
    duration = parse_setting_duration_ms(text) / (1 if item.unit == "ms" else 1000)
    if plain_type(item.type) is float:
        return duration
    if duration != int(duration):
        raise BadData(f"whole {'milliseconds' if item.unit == 'ms' else 'seconds'} are needed, got {text!r}")
    return int(duration)


def from_text(item: Field, text: str) -> object:
    """A value as a variable or flag gives it -> as TOML would give it; lists are separated by commas."""
    plain = plain_type(item.type)
    if item.unit or plain in (str, Path):
        return text
    if plain is bool:
        known = {
            "true": True,
            "1": True,
            "yes": True,
            "on": True,
            "false": False,
            "0": False,
            "no": False,
            "off": False,
        }
        if text.lower() not in known:
            raise BadData(f"expected true or false, got {text!r}")
        return known[text.lower()]
    if plain in (int, float):
        try:
            return plain(text)
        except ValueError:
            raise BadData(f"expected a number, got {text!r}") from None
    if typing.get_origin(plain) in (tuple, list, set, frozenset):
        return [part.strip() for part in text.split(",") if part.strip()]
    if typing.get_origin(plain) is dict:
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs}
    return text


def _decode_path(declared: type, value: object) -> object:
    if declared is Path:
        if isinstance(value, str):
            return Path(value)
        raise TypeError(f"expected text, got {_kind(value)}")
    raise AssertionError(f"BUG: no way to read a {declared}")


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "a section"}
    return names.get(type(value), type(value).__name__)


def _in_words(message: str, value: object) -> str:
    words = message.replace("`", "").replace("Expected str", "expected text").replace("Expected", "expected")
    words = words.replace("expected int", "expected a whole number").replace("expected bool", "expected true or false")
    words = words.replace("expected float", "expected a number").replace("expected array", "expected a list")
    words = words.replace(", got str", ", got text").replace(", got int", ", got a number")
    return words if (not value and isinstance(value, str)) or repr(value) in words else f"{words} ({value!r})"


def _line_of(key: str, lines: dict[str, int]) -> int:
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 1)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    candidates = list(known)
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not close:
        # A right name in the wrong section is the most common slip after a typing error.
        last = name.rpartition(".")[2]
        close = [candidate for candidate in candidates if candidate.rpartition(".")[2] == last][:1]
    return f"; did you mean {close[0]!r}?" if close else ""
