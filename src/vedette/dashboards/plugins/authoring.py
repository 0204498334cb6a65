"""For who writes plugins: a new one that works, and pins for its files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import msgspec

from vedette.dashboards.plugins.folder import digest_of, read_file
from vedette.dashboards.plugins.manifest import MANIFEST, MAX_MANIFEST_BYTES
from vedette.errors import BadData, Conflict

TEMPLATE: Final = Path(__file__).with_name("template")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LENGTHS: Final = range(2, 41)
_PINNED: Final = ("entry", "icon", "style")


def new_plugin(name: str, parent: Path) -> Path:
    """Make the folder `name` with a plugin that works, its test and a word about it. Raises BadData, Conflict."""
    if not _NAME.fullmatch(name) or len(name) not in _LENGTHS:
        raise BadData(f"{name[:100]!r} is no name of a plugin: 2 to 40 small letters and digits, with single hyphens")
    folder = parent / name
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise Conflict(f"{folder} is there already") from None
    except OSError as error:
        raise BadData(f"{folder} cannot be made: {error.strerror or error}") from None
    title = name.replace("-", " ").capitalize()
    for source in sorted(TEMPLATE.iterdir()):
        if source.is_file():
            text = source.read_text(encoding="utf-8").replace("{name}", name).replace("{title}", title)
            (folder / source.name).write_text(text, encoding="utf-8", newline="\n")
    pin_plugin(folder)
    return folder


def pin_plugin(folder: Path) -> dict[str, str]:
    """Write the SHA-256 of each file of a plugin into its manifest; answers them by name. Raises BadData."""
    try:
        content = msgspec.json.decode(read_file(folder, MANIFEST, MAX_MANIFEST_BYTES), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"{MANIFEST}: {error}") from None
    names = [content[field] for field in _PINNED if isinstance(content.get(field), str)]
    if any(Path(name).name != name for name in names):
        raise BadData(f"{MANIFEST}: files must be in the folder itself")
    pins = {name: digest_of(read_file(folder, name)) for name in dict.fromkeys(names)}
    if content.get("files") != pins:
        content["files"] = pins
        data = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
        try:
            part = folder / f"{MANIFEST}.part"
            part.write_bytes(data)
            part.replace(folder / MANIFEST)
        except OSError as error:
            raise BadData(f"{MANIFEST} cannot be written: {error.strerror or error}") from None
    return pins
