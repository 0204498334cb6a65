"""Plugins as files, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vedette.dashboards.plugins.authoring import pin_plugin

ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M3 6h12"/></svg>'
DRAW = "vedette.define({ draw({ root, data }) { root.textContent = `${data.series.length} series`; } });\n"


def manifest(name: str, /, **more: Any) -> dict[str, Any]:
    """The least that one has, with pins of nothing."""
    sample = {"series": [{"labels": {"host": "a"}, "values": [1, None, 2]}]}
    needed = {
        "format": 1,
        "name": name,
        "title": name.capitalize(),
        "version": "1.0.0",
        "description": "For a test.",
        "category": "status",
        "entry": "widget.js",
        "icon": "icon.svg",
        "files": {"widget.js": "0" * 64, "icon.svg": "0" * 64},
        "sample": sample,
    }
    return needed | more


def write_plugin(parent: Path, name: str, code: str = DRAW, /, **more: Any) -> Path:
    """A folder with a plugin, pinned."""
    folder = parent / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "widget.js").write_text(code, newline="\n")
    (folder / "icon.svg").write_text(ICON)
    (folder / "manifest.json").write_text(json.dumps(manifest(name, **more)))
    pin_plugin(folder)
    return folder
