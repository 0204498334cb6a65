"""TLS contexts from options, made anew when a certificate file changes."""

from __future__ import annotations

import ssl
import tempfile
import threading
from pathlib import Path
from typing import Final

from vedette.errors import Unavailable
from vedette.scrape.config.http_options import TlsOptions

_VERSIONS: Final = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_Stamp = tuple[tuple[int, int], ...]


class TlsContexts:
    """One context for each distinct set of options; thread-safe, reads files."""

    def __init__(self) -> None:
        self._contexts: dict[TlsOptions, tuple[_Stamp, ssl.SSLContext]] = {}
        self._lock = threading.Lock()

    def get(self, options: TlsOptions) -> ssl.SSLContext:
        """The context. Raises Unavailable when a certificate cannot be read or used."""
        try:
            stamp = _stamp(options)
            with self._lock:
                kept = self._contexts.get(options)
                if kept is not None and kept[0] == stamp:
                    return kept[1]
                context = _build(options)
                self._contexts[options] = (stamp, context)
                return context
        except (OSError, ValueError) as error:
            raise Unavailable(f"TLS set-up failed: {error}") from None


def _stamp(options: TlsOptions) -> _Stamp:
    files = (options.ca_file, options.cert_file, options.key_file)
    return tuple((info.st_mtime_ns, info.st_size) for file in files if file for info in [file.stat()])


def _build(options: TlsOptions) -> ssl.SSLContext:
    own_ca = bool(options.ca or options.ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if own_ca:
        context.load_verify_locations(
            cafile=str(options.ca_file) if options.ca_file else None, cadata=options.ca or None
        )
    else:
        context.load_default_certs()
    if options.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.minimum_version = _VERSIONS.get(options.min_version, ssl.TLSVersion.TLSv1_2)
    if options.max_version:
        context.maximum_version = _VERSIONS[options.max_version]
    if options.cert or options.cert_file:
        with tempfile.TemporaryDirectory(prefix="vedette-tls-") as folder:
            # The library reads certificates from files only; the folder is private to this user and gone at once.
            cert = options.cert_file or _write(Path(folder) / "cert.pem", options.cert)
            key = options.key_file or _write(Path(folder) / "key.pem", options.key)
            context.load_cert_chain(str(cert), str(key))
    return context


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
