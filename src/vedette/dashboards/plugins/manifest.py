"""What a plugin says of itself: `manifest.json`, checked as a whole, with the path of the field that is wrong."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from vedette.errors import BadData

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MAX_MANIFEST_BYTES: Final = 256 * 1024
_MAX_SHOWN: Final = 100
_PATH: Final = re.compile(r"(?P<what>.*) - at `(?:key in )?\$\.?(?P<path>.*?)`", re.DOTALL)
# What every object of JavaScript has: an option of that name would be found where none is set.
_INHERITED: Final = frozenset(
    ("constructor", "hasOwnProperty", "isPrototypeOf", "toString", "toLocaleString", "valueOf")
)

Name = Annotated[str, Meta(min_length=2, max_length=40, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Title = Annotated[str, Meta(min_length=1, max_length=40)]
Words = Annotated[str, Meta(max_length=200)]
Version = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z.+-]+$")]
FileName = Annotated[str, Meta(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
OptionName = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Category = Literal["time", "number", "distribution", "relation", "space", "table", "text", "status"]


class OptionItems(Struct, frozen=True, forbid_unknown_fields=True):
    """What a list is of."""

    type: Literal["string", "number"]


class OptionWhen(Struct, frozen=True, forbid_unknown_fields=True, rename={"values": "is"}):
    """An option is shown only while another one has one of these values."""

    field: OptionName
    values: Annotated[list[Any], Meta(min_length=1, max_length=50)]


class OptionField(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One option: the part of JSON Schema that forms are made from."""

    type: Literal["string", "number", "integer", "boolean", "array"]
    title: Title
    description: Words = ""
    default: Any = None
    enum: Annotated[list[str | int | float], Meta(max_length=100)] | None = None
    enum_titles: Annotated[list[Title], Meta(max_length=100)] | None = None
    """Words for the values of `enum`, in their order."""
    minimum: float | None = None
    maximum: float | None = None
    items: OptionItems | None = None
    group: Words = ""
    """Heading under which fields are put together."""
    when: OptionWhen | None = None


class OptionSchema(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All options by name, in the order of the form."""

    type: Literal["object"]
    properties: Annotated[dict[OptionName, OptionField], Meta(max_length=100)]
    required: list[OptionName] = []


class PluginSize(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Columns of 12 and rows of 48 px: of a new widget, and the least."""

    w: Annotated[int, Meta(ge=1, le=12)] = 6
    h: Annotated[int, Meta(ge=1, le=50)] = 6
    min_w: Annotated[int, Meta(ge=1, le=12)] = 1
    min_h: Annotated[int, Meta(ge=1, le=50)] = 1


class SampleSeries(Struct, frozen=True, forbid_unknown_fields=True):
    """Made-up series; null is an absent value."""

    labels: Annotated[dict[str, Words], Meta(max_length=20)]
    values: Annotated[list[float | None], Meta(min_length=1, max_length=500)]


class PluginSample(Struct, frozen=True, forbid_unknown_fields=True):
    """What the picture in the library is drawn from."""

    step_ms: Annotated[int, Meta(ge=1, le=86_400_000)] = 60_000
    series: Annotated[list[SampleSeries], Meta(max_length=50)] = []


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole."""

    format: Annotated[int, Meta(ge=FORMAT, le=FORMAT)]
    name: Name
    """Also of its folder; a widget that is of it has the kind `plugin:<name>`."""
    title: Title
    version: Version
    description: Annotated[str, Meta(min_length=1, max_length=200)]
    category: Category
    entry: FileName
    """The ES module."""
    icon: FileName
    """SVG or PNG; its shape is drawn in the colour of text."""
    files: Annotated[dict[FileName, Sha256], Meta(min_length=1, max_length=10)]
    """The SHA-256 of entry, icon and style, in hex."""
    style: FileName | None = None
    needs: Words = ""
    """What it draws from, in words."""
    mode: Literal["range", "instant", "none"] = "range"
    live: bool = True
    """Whether it is given new values as they arrive."""
    cache_ms: Annotated[int, Meta(ge=0, le=86_400_000)] = 0
    """One that is not live is given new values at most that often."""
    size: PluginSize = PluginSize()
    schema: OptionSchema = OptionSchema("object", {})
    defaults: Annotated[dict[OptionName, Any], Meta(max_length=100)] = {}
    """Instead of those of the schema."""
    sample: PluginSample = PluginSample()

    @property
    def used(self) -> list[str]:
        """Names of the files that it is made of."""
        return list(dict.fromkeys(name for name in (self.entry, self.icon, self.style) if name is not None))


def read_manifest(data: bytes) -> Manifest:
    """Raises BadData with the field that is wrong."""
    if len(data) > MAX_MANIFEST_BYTES:
        raise BadData(f"{MANIFEST} is larger than {MAX_MANIFEST_BYTES} bytes")
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"{MANIFEST}: {_with_path(str(error))}") from None
    try:
        _check_files(manifest)
        _check_schema(manifest)
        _check_sample(manifest)
    except BadData as error:
        raise BadData(f"{MANIFEST}: {error.message}") from None
    return manifest


def _with_path(message: str) -> str:
    match = _PATH.fullmatch(message)
    return f"{match['path']}: {match['what']}" if match is not None and match["path"] else message


def _check_files(manifest: Manifest) -> None:
    for field, name, suffixes in (
        ("entry", manifest.entry, (".js", ".mjs")),
        ("icon", manifest.icon, (".svg", ".png")),
        ("style", manifest.style, (".css",)),
    ):
        if name is None:
            continue
        if not name.endswith(suffixes):
            raise BadData(f"{field}: {name!r} does not end in {' or '.join(suffixes)}")
        if name not in manifest.files:
            raise BadData(f"files: the SHA-256 of {name!r} is missing")
    for name in manifest.files:
        if name not in manifest.used:
            raise BadData(f"files: {name!r} is neither entry nor icon nor style")
    size = manifest.size
    if size.min_w > size.w or size.min_h > size.h:
        raise BadData("size: minW and minH must not be larger than w and h")


def _check_schema(manifest: Manifest) -> None:
    properties = manifest.schema.properties
    for name, field in properties.items():
        try:
            _check_field(name, field, properties)
        except BadData as error:
            raise BadData(f"schema.properties.{name}{error.message}") from None
    for name in manifest.schema.required:
        if name not in properties:
            raise BadData(f"schema.required: there is no option {name!r}")
    for name, value in manifest.defaults.items():
        if name not in properties:
            raise BadData(f"defaults.{name}: there is no such option")
        if not fits(value, properties[name]):
            raise BadData(f"defaults.{name}: {_shown(value)} does not fit the option")


def _check_field(name: str, field: OptionField, properties: dict[str, OptionField]) -> None:
    """Messages begin with the rest of the path."""
    if name in _INHERITED:
        raise BadData(": no option can have this name")
    if field.enum is not None:
        if field.type not in ("string", "number", "integer"):
            raise BadData(".enum: only strings and numbers can be chosen from")
        kind = msgspec.structs.replace(field, enum=None, minimum=None, maximum=None)
        wrong = [value for value in field.enum if not fits(value, kind)]
        if not field.enum or wrong:
            shown = f", not {_shown(wrong[0])}" if wrong else ""
            raise BadData(f".enum: expected values of type {field.type}{shown}")
    if field.enum_titles is not None and len(field.enum_titles) != len(field.enum or ()):
        raise BadData(".enumTitles: there must be as many as values")
    if (field.minimum is not None or field.maximum is not None) and field.type not in ("number", "integer"):
        raise BadData(": minimum and maximum are for numbers")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        raise BadData(".minimum: larger than maximum")
    if field.items is not None and field.type != "array":
        raise BadData(".items: only for arrays")
    if field.when is not None and (field.when.field == name or field.when.field not in properties):
        raise BadData(f".when.field: there is no other option {field.when.field!r}")
    if field.default is not None and not fits(field.default, field):
        raise BadData(f".default: {_shown(field.default)} does not fit the option")


def fits(value: object, field: OptionField) -> bool:
    """Whether a value is one of a field's; the same as `fits` of the page."""
    if field.enum is not None:
        return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in field.enum)
    if field.type == "string":
        return isinstance(value, str)
    if field.type == "boolean":
        return isinstance(value, bool)
    if field.type == "array":
        of = {"string": (str,), "number": (int, float)}[field.items.type] if field.items else (str, int, float)
        return isinstance(value, list) and all(isinstance(one, of) and not isinstance(one, bool) for one in value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return False
    whole = field.type == "number" or float(value).is_integer()
    least = -math.inf if field.minimum is None else field.minimum
    most = math.inf if field.maximum is None else field.maximum
    return whole and least <= value <= most


def _check_sample(manifest: Manifest) -> None:
    series = manifest.sample.series
    if manifest.mode != "none" and not series:
        raise BadData("sample.series: the picture in the library needs some")
    if len({len(one.values) for one in series}) > 1:
        raise BadData("sample.series: all must have as many values")


def _shown(value: object) -> str:
    return repr(value)[:_MAX_SHOWN]
