"""How to ask over HTTP: credentials, TLS, proxy, headers; the keys of Prometheus' HTTP client configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from vedette.config.yaml_section import Section

_TLS_VERSIONS: Final = ("", "TLS10", "TLS11", "TLS12", "TLS13")
# Headers that the client sets itself; a second value would make the request mean something else.
_RESERVED_HEADERS: Final = frozenset(
    ["authorization", "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent"]
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret given in the file or by the path of a file that is read anew for each request."""

    value: str = field(default="", repr=False)
    file: Path | None = None

    def read(self) -> str:
        """The secret. Raises OSError when its file cannot be read."""
        return self.file.read_text(encoding="utf-8").strip() if self.file else self.value


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """User name and password."""

    username: Secret
    password: Secret


@dataclass(frozen=True, slots=True)
class Authorization:
    """An Authorization header of any type."""

    type: str
    credentials: Secret


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """Certificates, either as PEM text or as files."""

    ca: str = ""
    ca_file: Path | None = None
    cert: str = ""
    cert_file: Path | None = None
    key: str = field(default="", repr=False)
    key_file: Path | None = None
    server_name: str = ""
    insecure_skip_verify: bool = False
    min_version: str = ""
    max_version: str = ""


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Everything about a request but its URL."""

    basic_auth: BasicAuth | None = None
    authorization: Authorization | None = None
    tls: TlsOptions = field(default_factory=TlsOptions)
    proxy_url: str = field(default="", repr=False)
    no_proxy: str = ""
    proxy_from_environment: bool = False
    proxy_headers: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), repr=False)
    follow_redirects: bool = True
    headers: tuple[tuple[str, tuple[Secret, ...]], ...] = ()


def parse_http_options(section: Section, folder: Path) -> HttpOptions:
    """Take the HTTP keys out of a section; file names are relative to `folder`."""
    section.refuse({"oauth2": "requests would go out without credentials"})
    section.ignore({"enable_http2": "targets are asked over HTTP/1.1"})
    basic_auth = _basic_auth(section, folder)
    authorization = _authorization(section, folder)
    if basic_auth and authorization:
        section.error("basic_auth", "at most one of basic_auth, authorization and bearer_token may be given")
    proxy_url = section.text("proxy_url")
    if proxy_url and urlsplit(proxy_url).scheme != "http":
        section.error("proxy_url", "proxy_url must begin with http://, other proxies are not supported")
    from_environment = section.boolean("proxy_from_environment", False)
    if from_environment and (proxy_url or section.has("no_proxy")):
        section.error("proxy_from_environment", "proxy_from_environment excludes proxy_url and no_proxy")
    return HttpOptions(
        basic_auth=basic_auth,
        authorization=authorization,
        tls=_tls(section, folder),
        proxy_url=proxy_url,
        no_proxy=section.text("no_proxy"),
        proxy_from_environment=from_environment,
        proxy_headers=tuple(section.list_map("proxy_connect_header").items()),
        follow_redirects=section.boolean("follow_redirects", True),
        headers=_headers(section, folder),
    )


def _file(section: Section, key: str, folder: Path) -> Path | None:
    name = section.text(key)
    return folder / name if name else None


def _secret(section: Section, key: str, folder: Path) -> Secret:
    secret = Secret(section.text(key), _file(section, f"{key}_file", folder))
    section.refuse({f"{key}_ref": "there is no secret provider"})
    if secret.value and secret.file:
        section.error(key, f"at most one of {key} and {key}_file may be given")
    return secret


def _basic_auth(section: Section, folder: Path) -> BasicAuth | None:
    inner = section.section("basic_auth")
    if inner is None:
        return None
    auth = BasicAuth(_secret(inner, "username", folder), _secret(inner, "password", folder))
    inner.finish()
    return auth


def _authorization(section: Section, folder: Path) -> Authorization | None:
    bearer = _secret(section, "bearer_token", folder)
    inner = section.section("authorization")
    if inner is None:
        return Authorization("Bearer", bearer) if bearer.value or bearer.file else None
    kind = inner.text("type", "Bearer").strip()
    if kind.lower() == "basic":
        inner.error("type", 'authorization type cannot be "basic", use basic_auth instead')
    credentials = _secret(inner, "credentials", folder)
    inner.finish()
    if bearer.value or bearer.file:
        section.error("bearer_token", "at most one of authorization and bearer_token may be given")
    return Authorization(kind, credentials)


def _tls(section: Section, folder: Path) -> TlsOptions:
    inner = section.section("tls_config")
    if inner is None:
        return TlsOptions()
    inner.refuse({"key_ref": "there is no secret provider", "ca_ref": "there is no secret provider"})
    options = TlsOptions(
        ca=inner.text("ca"),
        ca_file=_file(inner, "ca_file", folder),
        cert=inner.text("cert"),
        cert_file=_file(inner, "cert_file", folder),
        key=inner.text("key"),
        key_file=_file(inner, "key_file", folder),
        server_name=inner.text("server_name"),
        insecure_skip_verify=inner.boolean("insecure_skip_verify", False),
        min_version=inner.choice("min_version", _TLS_VERSIONS, ""),
        max_version=inner.choice("max_version", _TLS_VERSIONS, ""),
    )
    for name in ("ca", "cert", "key"):
        if getattr(options, name) and getattr(options, f"{name}_file"):
            inner.error(name, f"at most one of {name} and {name}_file may be given")
    if bool(options.cert or options.cert_file) != bool(options.key or options.key_file):
        inner.findings.error(inner.node, "tls_config: a client certificate needs both cert and key")
    inner.finish()
    return options


def _headers(section: Section, folder: Path) -> tuple[tuple[str, tuple[Secret, ...]], ...]:
    outer = section.section("http_headers")
    found = []
    for name in outer.names() if outer else ():
        if name.lower() in _RESERVED_HEADERS:
            section.error("http_headers", f"header {name} cannot be set here")
        inner = outer.section(name) if outer else None
        if inner is not None:
            values = [Secret(value) for key in ("values", "secrets") for value in inner.texts(key)]
            values += [Secret(file=folder / file) for file in inner.texts("files")]
            if any("\r" in secret.value or "\n" in secret.value for secret in values):
                inner.findings.error(inner.node, f"http_headers: a value of {name} holds a line break")
            inner.finish()
            found.append((name, tuple(values)))
    return tuple(found)
