"""The page: its built files, indexed once so that no request path ever becomes a file path."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vedette.http.middleware.headers import new_nonce, page_policy

NONCE_PLACEHOLDER: Final = b"__CSP_NONCE__"
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
# What a build of the page consists of; the system's own table is slow to read and differs between machines.
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NOT_BUILT: Final = b"""<!doctype html><html lang="en"><title>Vedette</title>
<h1>Vedette is running</h1><p>The page is not built: run <code>make page</code>. The API is described at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></html>"""


class Asset(Struct, frozen=True):
    """One file of the page with its pre-compressed forms."""

    content: bytes
    media_type: str
    etag: str
    cache_control: str
    encoded: dict[str, bytes]


class Page:
    """Files of a directory as it was when one of them was first asked for: a start need not wait for them."""

    def __init__(self, directory: Path, frame_ancestors: Sequence[str] = ()) -> None:
        """`frame_ancestors`: origins of pages that may show `embedded` in a frame."""
        self._directory = directory
        self._frame_ancestors = frame_ancestors

    @cached_property
    def _assets(self) -> dict[str, Asset]:
        found: dict[str, Asset] = {}
        if self._directory.is_dir():
            for path in sorted(self._directory.rglob("*")):
                if path.is_file() and path.suffix not in (".br", ".gz"):
                    found[path.relative_to(self._directory).as_posix()] = _read(path, self._directory)
        return found

    @cached_property
    def _index(self) -> bytes:
        index = self._assets.get("index.html")
        return index.content if index else _NOT_BUILT

    def read(self) -> None:
        """Read all files now, so that the first visitor need not wait for them."""
        _ = self._index

    @property
    def is_built(self) -> bool:
        """Whether there is a page at all."""
        return self._index is not _NOT_BUILT

    async def index(self, request: Request) -> Response:
        """The document; its nonce is new each time, so it is never cached."""
        return self._document(request, ())

    async def embedded(self, request: Request) -> Response:
        """The same, where the settings name them also for frames of other pages."""
        return self._document(request, self._frame_ancestors)

    def _document(self, request: Request, frame_ancestors: Sequence[str]) -> Response:
        nonce = new_nonce()
        headers = {
            "content-security-policy": page_policy(nonce, request.headers.get("host", ""), frame_ancestors),
            "cache-control": "no-store",
        }
        return Response(self._index.replace(NONCE_PLACEHOLDER, nonce.encode()), 200, headers, "text/html")

    async def file(self, request: Request) -> Response:
        """A file of the page; for a path of the page's own navigation, the document."""
        path = request.path_params["path"]
        asset = None if path == "index.html" else self._assets.get(path)
        if asset is None:
            if "text/html" in request.headers.get("accept", "") and not _is_api(request.url.path):
                return await self.index(request)
            raise HTTPException(404, f"there is nothing at {request.url.path}")
        headers = {"cache-control": asset.cache_control, "etag": asset.etag, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == asset.etag:
            return Response(b"", 304, headers)
        accepted = request.headers.get("accept-encoding", "")
        content = asset.content
        for encoding, _ in _ENCODINGS:
            if encoding in accepted and encoding in asset.encoded:
                content = asset.encoded[encoding]
                headers["content-encoding"] = encoding
                break
        return Response(content, 200, headers, asset.media_type)


def _is_api(path: str) -> bool:
    return path.startswith(("/api/", "/-/", "/assets/", "/ws/", "/stream/"))


def _read(path: Path, directory: Path) -> Asset:
    content = path.read_bytes()
    encoded = {}
    for encoding, suffix in _ENCODINGS:
        compressed = path.with_name(path.name + suffix)
        if compressed.is_file():
            encoded[encoding] = compressed.read_bytes()
    # The build puts files named by their own content into assets/.
    hashed = path.parent != directory and path.relative_to(directory).parts[0] == "assets"
    media_type = _MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    etag = '"' + hashlib.sha256(content).hexdigest()[:20] + '"'
    return Asset(content, media_type, etag, _FOR_EVER if hashed else "no-cache", encoded)
