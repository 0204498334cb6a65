"""TLS of the server: versions, renewal while serving, and words for files that are wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from prometheus_client import CollectorRegistry

from vedette.config.load import load
from vedette.errors import BadData
from vedette.http.settings import HttpSettings
from vedette.server.certificate import CertificateCounters, ServerCertificate, certificate_of
from vedette.server.lifecycle import exposure
from vedette.server.settings import Settings

QUIET = ["--set", "host.enabled=false", "--set", "telemetry.export_interval=0"]


class Files:
    """A certificate and its key in a folder."""

    def __init__(self, folder: Path) -> None:
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"

    def write(self, name: str, *, is_rsa: bool = False, password: bytes = b"") -> None:
        """A new self-signed certificate for this machine whose common name is `name`."""
        made: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        made = rsa.generate_private_key(65_537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(made.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), False
            )
            .sign(made, hashes.SHA256())
        )
        lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        self.key.write_bytes(made.private_bytes(serialization.Encoding.PEM, form, lock))
        self.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A certificate named `first`."""
    made = Files(tmp_path)
    made.write("first")
    return made


def server_certificate(files: Files, check_s: float = 30.0) -> ServerCertificate:
    return ServerCertificate(files.cert, files.key, "1.3", CertificateCounters(CollectorRegistry()), check_s)


@asynccontextmanager
async def listening(certificate: ServerCertificate) -> AsyncIterator[int]:
    """A listener with the certificate; its port."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=certificate.context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def shake_hands(
    port: int, maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, name: str | None = None
) -> tuple[str, str]:
    """Version of TLS and the name in the certificate that a client is shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = maximum
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with plain, context.wrap_socket(plain, server_hostname=name) as wrapped:
        shown = x509.load_der_x509_certificate(wrapped.getpeercert(binary_form=True) or b"")
        return str(wrapped.version()), str(shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


async def test_older_versions_are_refused_unless_allowed(files: Files) -> None:
    """TLS 1.3 is spoken; TLS 1.2 only where the setting says so, and what is older never."""
    async with listening(server_certificate(files)) as port:
        assert await asyncio.to_thread(shake_hands, port) == ("TLSv1.3", "first")
        with pytest.raises(ssl.SSLError):
            await asyncio.to_thread(shake_hands, port, ssl.TLSVersion.TLSv1_2)
    settings = HttpSettings(tls_cert_file=files.cert, tls_key_file=files.key, tls_min_version="1.2")
    older = certificate_of(settings, CollectorRegistry())
    assert older is not None
    async with listening(older) as port:
        assert await asyncio.to_thread(shake_hands, port, ssl.TLSVersion.TLSv1_2) == ("TLSv1.2", "first")


@pytest.mark.parametrize("name", [None, "localhost"])
async def test_a_new_certificate_is_shown_after_a_reload(files: Files, name: str | None) -> None:
    """Who connects after a reload sees the new certificate, of another kind of key too, whether or not it names us."""
    certificate = server_certificate(files)
    async with listening(certificate) as port:
        files.write("second", is_rsa=True)
        assert (await asyncio.to_thread(shake_hands, port, name=name))[1] == "first"
        await certificate.reload()
        assert (await asyncio.to_thread(shake_hands, port, name=name))[1] == "second"


async def test_changed_files_are_noticed(files: Files, tmp_path: Path) -> None:
    """Without being told, and a key that does not fit yet changes nothing until its certificate is there too."""
    certificate = server_certificate(files, check_s=0.02)
    watching = asyncio.create_task(certificate.watch())
    try:
        async with listening(certificate) as port:
            (tmp_path / "new").mkdir()
            new = Files(tmp_path / "new")
            new.write("second")
            files.key.write_bytes(new.key.read_bytes())
            with pytest.raises(BadData, match="does not belong to the certificate"):
                await certificate.reload()
            await asyncio.sleep(0.1)
            assert (await asyncio.to_thread(shake_hands, port))[1] == "first"
            files.cert.write_bytes(new.cert.read_bytes())
            async with asyncio.timeout(20):
                # The listener tells nobody of a renewal.
                while (await asyncio.to_thread(shake_hands, port))[1] != "second":  # noqa: ASYNC110 - as said above
                    await asyncio.sleep(0.02)
            files.key.unlink()
            await asyncio.sleep(0.1)
            assert (await asyncio.to_thread(shake_hands, port))[1] == "second"
    finally:
        watching.cancel()


def test_wrong_files_are_told_in_words(files: Files, tmp_path: Path) -> None:
    """The message names the setting, the file and what is wrong with it."""
    other = Files(tmp_path / "other")
    (tmp_path / "other").mkdir()
    other.write("other", password=b"secret")

    def message() -> str:
        with pytest.raises(BadData) as failure:
            server_certificate(files)
        return failure.value.message

    good_key = files.key.read_bytes()
    files.key.write_bytes(other.key.read_bytes())
    assert message() == f"http.tls_key_file = {files.key} is encrypted; give a key without a password"
    other.write("other")
    files.key.write_bytes(other.key.read_bytes())
    assert message() == f"http.tls_key_file = {files.key} does not belong to the certificate in {files.cert}"
    files.key.write_text("no key")
    assert message() == f"http.tls_key_file = {files.key} holds no private key in PEM"
    files.key.unlink()
    assert message() == f"http.tls_key_file = {files.key} cannot be read: No such file or directory"
    files.key.write_bytes(good_key)
    files.cert.write_bytes(good_key)
    assert message() == f"http.tls_cert_file = {files.cert} holds no certificate in PEM"
    files.cert.unlink()
    assert message() == f"http.tls_cert_file = {files.cert} cannot be read: No such file or directory"


def test_both_files_or_none() -> None:
    """A certificate without its key is an error of the settings, not a server without TLS."""
    loaded = load(Settings, None, {}, {"http.tls_cert_file": "cert.pem"})
    assert [problem.message for problem in loaded.problems] == ["[http] tls_cert_file and tls_key_file are needed both"]


def test_without_accounts_there_is_no_proxy() -> None:
    """Behind a proxy everybody who reaches that would be let in, which --no-auth does not mean."""
    [problem] = load(Settings, None, {}, {"http.no_auth": "true", "http.trusted_proxies": "127.0.0.1"}).problems
    assert "trusted_proxies" in problem.message


def test_what_can_be_overheard_is_told() -> None:
    """Beyond this machine and without TLS there is a warning; else there is none."""
    assert exposure(HttpSettings()) == ""
    assert "without TLS" in exposure(HttpSettings(host="0.0.0.0"))
    assert exposure(HttpSettings(host="0.0.0.0", tls_cert_file=Path("c"), tls_key_file=Path("k"))) == ""


@contextmanager
def serving(data: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A real server; its URL and process."""
    command = [
        str(Path(sys.executable).with_name("vedette")),
        "serve",
        "--no-auth",
        "--data",
        str(data),
        "--port",
        "0",
        *QUIET,
    ]
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("Vedette is ready: "))
        yield line.rpartition(" ")[2].strip(), process
    finally:
        process.kill()
        process.communicate()


def ask(url: str, method: str = "GET") -> httpx.Response:
    """An answer, whoever the server says it is."""
    return httpx.request(method, url, verify=False, timeout=10)


def test_a_server_speaks_https_and_renews_on_a_signal(files: Files, tmp_path: Path) -> None:
    """The announced URL is https and verifies; answers ask browsers to stay with TLS; SIGHUP reads the files anew."""
    given = ["--no-auth", "--set", f"http.tls_cert_file={files.cert}", "--set", f"http.tls_key_file={files.key}"]
    with serving(tmp_path / "data", *given) as (url, process):
        assert url.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=str(files.cert))
        with urllib.request.urlopen(url + "/-/healthy", timeout=10, context=context) as answer:
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
        # Every server of a machine is localhost: the header would hold for all of them.
        port = int(url.rpartition(":")[2])
        with urllib.request.urlopen(f"https://localhost:{port}/-/healthy", timeout=10, context=context) as answer:
            assert answer.headers["strict-transport-security"] is None
        files.write("second")
        os.kill(process.pid, signal.SIGHUP)
        deadline_s = time.monotonic() + 20
        while shake_hands(port)[1] != "second":
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        assert ask(url + "/api/v1/query?query=1").headers["strict-transport-security"] == "max-age=31536000"
        files.write("third")
        assert ask(url + "/-/reload", "POST").status_code == 200
        assert shake_hands(port)[1] == "third"
        files.cert.write_text("")
        assert ask(url + "/-/reload", "POST").status_code == 400
        assert shake_hands(port)[1] == "third"
        process.terminate()
        assert process.wait(20) == 0
