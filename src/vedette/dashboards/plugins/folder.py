"""Reads a plugin from its folder into memory: nothing of it is read again when somebody asks for it.

Files are opened without following links, so that a plugin is what is in its folder and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Final

from msgspec import Struct

from vedette.dashboards.plugins.manifest import MANIFEST, MAX_MANIFEST_BYTES, Manifest, read_manifest
from vedette.errors import BadData

MAX_FILE_BYTES: Final = 2 * 2**20
_SHOWN: Final = 12
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# Not following links, and not waiting for the other end of a pipe.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_IMPORT: Final = re.compile(rb"^\s*(?:import\b(?!\s*[.(])|export\b[^;\n]*\bfrom\b)", re.MULTILINE)
_DEFINES: Final = re.compile(rb"\bvedette\s*\.\s*define\s*\(")


class Plugin(Struct, frozen=True):
    """A plugin that may be shown."""

    manifest: Manifest
    entry: bytes
    icon: bytes
    style: bytes
    is_pinned: bool
    """Whether all files are those that the manifest pins; others are there in development alone."""


def read_plugin(folder: Path, *, development: bool = False) -> Plugin:
    """Raises BadData with what is wrong; with `development`, files may differ from what is pinned."""
    manifest = read_manifest(read_file(folder, MANIFEST, MAX_MANIFEST_BYTES))
    if manifest.name != folder.resolve().name:
        raise BadData(f"{MANIFEST}: name: {manifest.name!r} is not the name of its folder, {folder.resolve().name!r}")
    files = {name: read_file(folder, name) for name in manifest.used}
    other = [name for name in manifest.used if digest_of(files[name]) != manifest.files[name]]
    if other and not development:
        name = other[0]
        is_, pinned = digest_of(files[name])[:_SHOWN], manifest.files[name][:_SHOWN]
        raise BadData(
            f"{name}: its SHA-256 is {is_}…, the manifest pins {pinned}…; "
            "somebody has changed the file, or it has to be pinned anew: vedette plugin pin"
        )
    _check_text(manifest.entry, files[manifest.entry])
    if not _DEFINES.search(files[manifest.entry]):
        raise BadData(f"{manifest.entry}: nothing calls vedette.define(...)")
    found = _IMPORT.search(files[manifest.entry])
    if found is not None:
        line = files[manifest.entry].count(b"\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
        raise BadData(f"{manifest.entry}: line {line}: a plugin is one module and cannot import others; bundle them")
    if manifest.style is not None:
        _check_text(manifest.style, files[manifest.style])
    _check_icon(manifest.icon, files[manifest.icon])
    style = b"" if manifest.style is None else files[manifest.style]
    return Plugin(manifest, files[manifest.entry], files[manifest.icon], style, not other)


def read_file(folder: Path, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """A plain file right in the folder. Raises BadData."""
    try:
        opened = os.open(folder / name, _FLAGS)
    except OSError as error:
        is_link = (folder / name).is_symlink()
        raise BadData(f"{name}: {'is a link' if is_link else error.strerror or error}") from None
    try:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise BadData(f"{name}: is no plain file")
        with os.fdopen(opened, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise BadData(f"{name}: cannot be read: {error.strerror or error}") from None
    finally:
        os.close(opened)
    if len(data) > max_bytes:
        raise BadData(f"{name}: is larger than {max_bytes} bytes")
    return data


def digest_of(data: bytes) -> str:
    """SHA-256 in hex, as `sha256sum` has it."""
    return hashlib.sha256(data).hexdigest()


def _check_text(name: str, data: bytes) -> None:
    """Module and style stand within the frame's document, byte for byte, and the browser compares their hashes."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadData(f"{name}: is no UTF-8 at byte {error.start}") from None
    for bad, words in ((b"\r", "lines must end with LF alone"), (b"\0", "has a zero byte")):
        if bad in data:
            raise BadData(f"{name}: line {_line(data, bad)}: {words}")
    lower = data.lower()
    for bad, instead in ((b"</script", "<\\/script"), (b"</style", "<\\/style"), (b"<!--", "<\\!--")):
        if bad in lower:
            raise BadData(
                f"{name}: line {_line(lower, bad)}: write {bad.decode()} as {instead}: it would end the document"
            )


def _line(data: bytes, found: bytes) -> int:
    return data.count(b"\n", 0, data.index(found)) + 1


def _check_icon(name: str, data: bytes) -> None:
    is_png = data.startswith(_PNG)
    if is_png != name.endswith(".png") or (not is_png and b"<svg" not in data):
        raise BadData(f"{name}: is not what its name says")
