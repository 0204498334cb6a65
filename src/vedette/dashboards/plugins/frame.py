"""The document that a plugin is shown in: nothing but its own script and style, and a policy that says so.

The policy names scripts and styles by their SHA-256, the very ones that the manifest pins, so that the browser runs
nothing else; nothing may be fetched, framed or sent. The sandbox takes the origin away: no cookies, no storage, no way
into the page around it, also for who opens the address by itself.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from vedette.dashboards.plugins.folder import Plugin

RUNTIME: Final = Path(__file__).with_name("frame.gen.js")
_BASE_STYLE: Final = Path(__file__).with_name("frame.css")
_POLICY: Final = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {ancestors}; sandbox allow-scripts; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


class Frame(Struct, frozen=True):
    """The document with its policy; `digest` names both, and the icon."""

    document: bytes
    policy: str
    digest: str


def frame_of(plugin: Plugin, frame_ancestors: Sequence[str] = ()) -> Frame:
    """The same for the same plugin and the same version of the server.

    `frame_ancestors` are origins of pages that may show a dashboard, and with it the plugin, in a frame.
    """
    runtime, base_style = _own(RUNTIME), _own(_BASE_STYLE)
    styles = [text for text in (base_style, plugin.style) if text]
    document = b"".join(
        (
            b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>',
            html.escape(plugin.manifest.title).encode(),
            b"</title>",
            *(b"<style>" + text + b"</style>" for text in styles),
            b"<script>" + runtime + b"</script></head><body><main></main>",
            b'<script type="module">' + plugin.entry + b"</script></body></html>",
        )
    )
    policy = _POLICY.format(
        scripts=" ".join(map(_source, (runtime, plugin.entry))),
        styles=" ".join(map(_source, styles)),
        ancestors=" ".join(("'self'", *frame_ancestors)),
    )
    whole = hashlib.sha256(b"\0".join((document, policy.encode(), plugin.icon)))
    return Frame(document, policy, whole.hexdigest()[:32])


def _source(text: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


@cache
def _own(path: Path) -> bytes:
    return path.read_bytes()
