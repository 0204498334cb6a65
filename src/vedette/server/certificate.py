"""The certificate the server shows, renewed while it runs: whoever connects next sees what the files hold then."""

from __future__ import annotations

import asyncio
import ssl
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from vedette.errors import BadData
from vedette.http.settings import HttpSettings

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_log = structlog.get_logger(__name__)
CHECK_S: Final = 30.0
"""How often the files are looked at."""
_VERSIONS: Final = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
_Stamp = tuple[tuple[int, int, int], ...]


class CertificateCounters:
    """What is counted of a certificate."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.expiry = Gauge(
            "vedette_http_certificate_not_after_timestamp_seconds",
            "When the certificate that is shown ends to be valid.",
            registry=registry,
        )
        self.reloads = Counter(
            "vedette_http_certificate_reloads",
            "Changed certificates by result: ok, failed.",
            ["result"],
            registry=registry,
        )


class ServerCertificate:
    """A certificate and its key, read from files at once and again when they change."""

    def __init__(
        self, cert_file: Path, key_file: Path, min_version: str, counters: CertificateCounters, check_s: float = CHECK_S
    ) -> None:
        """Raises BadData that says which file is wrong and why."""
        self._cert_file = cert_file
        self._key_file = key_file
        self._min_version = _VERSIONS[min_version]
        self._counters = counters
        self._check_s = check_s
        self._stamp = self._look()
        self._current = self._read()
        self.context = self._make()
        """What to listen with. Each handshake takes the newest certificate, whatever this one began with."""
        self.context.sni_callback = self._choose

    async def reload(self) -> None:
        """Read the files again. Raises BadData and goes on with what it had when they are wrong."""
        await asyncio.to_thread(self._renew)

    async def watch(self) -> None:
        """Read the files again whenever they change, until cancelled."""
        while True:
            await asyncio.sleep(self._check_s)
            try:
                if await asyncio.to_thread(self._look) != self._stamp:
                    await self.reload()
            except BadData as error:
                # As while one file is new and the other not yet: the next change is looked at again.
                _log.error("certificate_not_usable", error=error.message)

    def _renew(self) -> None:
        try:
            self._stamp = self._look()
            self._current = self._read()
        except BadData:
            self._counters.reloads.labels("failed").inc()
            raise
        self._counters.reloads.labels("ok").inc()
        _log.info("certificate_read", file=str(self._cert_file))

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._current

    def _look(self) -> _Stamp:
        """What tells whether the files have changed. Raises BadData when one is not there."""
        found = []
        for setting, path in (("http.tls_cert_file", self._cert_file), ("http.tls_key_file", self._key_file)):
            try:
                info = path.stat()
            except OSError as error:
                raise BadData(f"{setting} = {path} cannot be read: {error.strerror}") from None
            found.append((info.st_mtime_ns, info.st_size, info.st_ino))
        return tuple(found)

    def _read(self) -> ssl.SSLContext:
        first = _certificate_of(self._cert_file)
        context = self._make()
        self._counters.expiry.set(_ends(first).timestamp())
        return context

    def _make(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = self._min_version
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        context.set_alpn_protocols(["http/1.1"])
        try:
            # With a password of ours OpenSSL does not ask for one on the terminal.
            context.load_cert_chain(self._cert_file, self._key_file, password=lambda: "")
        except (OSError, ValueError) as error:
            raise BadData(self._why(error)) from None
        return context

    def _why(self, error: Exception) -> str:
        """What is wrong with the files in words: OpenSSL's own tell neither file nor reason."""
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            return f"http.tls_key_file = {self._key_file} does not belong to the certificate in {self._cert_file}"
        try:
            text = self._key_file.read_bytes()
        except OSError as failure:
            return f"http.tls_key_file = {self._key_file} cannot be read: {failure.strerror}"
        if b"ENCRYPTED" in text:
            return f"http.tls_key_file = {self._key_file} is encrypted; give a key without a password"
        if b"PRIVATE KEY-----" not in text:
            return f"http.tls_key_file = {self._key_file} holds no private key in PEM"
        return f"http.tls_cert_file = {self._cert_file} and its key cannot be used: {error}"


def certificate_of(settings: HttpSettings, registry: CollectorRegistry) -> ServerCertificate | None:
    """The certificate of the settings, or None where they name none. Raises BadData."""
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    counters = CertificateCounters(registry)
    return ServerCertificate(settings.tls_cert_file, settings.tls_key_file, settings.tls_min_version, counters)


def _certificate_of(path: Path) -> Certificate:
    """The first certificate of a file: the server's own. Raises BadData."""
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - only where TLS is on

    try:
        return load_pem_x509_certificates(path.read_bytes())[0]
    except OSError as error:
        raise BadData(f"http.tls_cert_file = {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise BadData(f"http.tls_cert_file = {path} holds no certificate in PEM") from None


def _ends(certificate: Certificate) -> datetime:
    return certificate.not_valid_after_utc
