"""Secrets are planted wherever one can be given, and looked for in everything that is told."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.http.accounts_server import PASSWORD, AccountsServer
from tests.oidc_provider import OpenIdProvider

MARK = "plantedsecret"
SCRAPE = f"""
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: basic
    basic_auth: {{username: scraper, password: {MARK}01}}
    static_configs: [{{targets: ["127.0.0.1:9"]}}]
  - job_name: bearer
    authorization: {{credentials: {MARK}02}}
    http_headers: {{X-Api-Key: {{secrets: ["{MARK}03"]}}}}
    params: {{token: ["{MARK}04"], module: ["shown"]}}
    static_configs: [{{targets: ["127.0.0.1:9"], labels: {{__param_api_key: "{MARK}05"}}}}]
  - job_name: proxied
    proxy_url: http://someone:{MARK}06@127.0.0.1:9
    proxy_connect_header: {{Proxy-Authorization: ["{MARK}07"]}}
    static_configs: [{{targets: ["127.0.0.1:9"]}}]
  - job_name: found
    http_sd_configs:
      - url: http://127.0.0.1:9/targets?token={MARK}09
        basic_auth: {{username: finder, password: {MARK}10}}
"""
ASKED = (
    "/api/v1/settings", "/api/v1/status/config", "/api/v1/status/flags", "/api/v1/status/runtimeinfo", "/metrics",
    "/api/v1/targets", "/api/v1/targets?state=any", "/api/v1/targets/metadata", "/api/v1/session", "/api/v1/profile",
    "/api/v1/profile/keys", "/api/v1/profile/sessions", "/api/v1/users", "/api/v1/projects/default/keys",
    "/api/v1/audit?limit=1000", "/api/v1/audit/export?format=jsonl", "/api/v1/audit/export?format=csv",
    "/api/v1/queries", "/api/v1/openapi.json", "/api/v1/roles", "/api/v1/projects", "/-/ready", "/",
)  # fmt: skip
EVERY_SERIES = "/api/v1/series?match[]={__name__!=%22%22}"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsServer]:
    """A server whose settings, scrape configuration and provider of identities have secrets."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "scrape.yml").write_text(SCRAPE)
    (folder / "client.secret").write_text(f"{MARK}11\n")
    provider = OpenIdProvider(lambda: int(time.time() * 1000))
    (folder / "vedette.toml").write_text(
        f"""
[outbound]
proxy_url = "http://someone:{MARK}12@127.0.0.1:9"
[auth.oidc.sso]
issuer = "{provider.issuer}"
client_id = "x"
client_secret_file = "{folder / "client.secret"}"
"""
    )
    settings = [f"scrape.config_file={folder / 'scrape.yml'}", "http.access_log=true", "telemetry.log_level=debug"]
    it = AccountsServer(folder, *settings, config=folder / "vedette.toml")
    it.start()
    yield it
    it.stop()
    provider.stop()


def told(server: AccountsServer) -> dict[str, str]:
    """All that the server says, by where."""
    found = {path: str(server.ask("GET", path)[2]) for path in (*ASKED, EVERY_SERIES)}
    found["log"] = server.log.read_text()
    return found


def leaks(texts: dict[str, str], secrets: list[str]) -> list[str]:
    """Where something secret is said, as it is or as basic authentication has it."""
    basic = [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in secrets]
    return [f"{place}: {secret}" for place, text in texts.items() for secret in [*secrets, *basic] if secret in text]


def everything_secret(server: AccountsServer) -> list[str]:
    """What was sent to the server, wrongly and rightly, once each; all of it may be in no answer but its own."""
    made = server.key("admin")
    secrets = [MARK, PASSWORD, made, made.split("_", 2)[2], server.cookie.partition("=")[2], server.csrf]
    wrong: list[tuple[str, str, Any, dict[str, str]]] = [
        ("POST", "/api/v1/session", {"name": f"{MARK}20", "password": f"{MARK}21"}, {}),
        ("POST", "/api/v1/session", {"name": "root", "password": f"{MARK}22", "code": f"{MARK}23"}, {}),
        ("POST", "/api/v1/session", {"name": "root", "password": [f"{MARK}24"]}, {}),
        ("POST", "/api/v1/setup", {"token": f"{MARK}25", "name": "x", "password": f"{MARK}26"}, {}),
        ("GET", "/api/v1/labels", None, {"authorization": f"Bearer {MARK}27"}),
        ("GET", "/api/v1/labels", None, {"authorization": f"Bearer vdt_{MARK}_28"}),
        ("GET", "/api/v1/labels", None, {"authorization": f"{MARK}29 x"}),
        ("GET", "/api/v1/labels", None, {"x-api-key": f"{MARK}30"}),
        ("GET", "/api/v1/labels", None, {"cookie": f"vedette_session_{server.port}={MARK}31"}),
        ("GET", f"/api/v1/labels?ticket={MARK}32", None, {}),
        ("GET", f"/api/v1/oidc/sso/callback?code={MARK}33&state={MARK}34&error={MARK}35", None, {}),
        ("GET", f"/api/v1/oidc/sso/start?next=/{MARK}36", None, {}),
    ]
    for method, path, body, headers in wrong:
        status, _, answer = server.ask(method, path, body, headers)
        assert status in (400, 401, 429, 503) or path.startswith("/api/v1/oidc"), (path, status)
        assert path.startswith("/api/v1/oidc") or leaks({path: str(answer)}, secrets) == []
    for path in ("/api/v1/profile/password", "/api/v1/profile/totp"):
        server.ask("POST", path, {"password": f"{MARK}37", "old": f"{MARK}38", "new": f"{MARK}39"})
    server.ask("DELETE", f"/api/v1/profile/keys/{made.split('_')[1]}")
    server.ask("GET", "/api/v1/labels", None, {"authorization": f"Bearer {made}"})
    return secrets


def test_nothing_secret_is_told(planted: AccountsServer) -> None:
    """Neither by settings, targets, series, the audit log and the page, nor by errors and the log."""
    secrets = everything_secret(planted)
    assert planted.ask("POST", "/-/reload")[0] == 200
    deadline_s = time.monotonic() + 60
    awaited = {"/api/v1/targets": "shown", "/api/v1/audit?limit=1000": "key.use", "log": "scrape_failed"}
    while any(text not in (texts := told(planted))[place] for place, text in awaited.items()):
        assert time.monotonic() < deadline_s, texts
        time.sleep(0.1)
    # The session's own text against forged requests is for the session alone.
    texts["/api/v1/session"] = texts["/api/v1/session"].replace(planted.csrf, "")
    assert leaks(texts, secrets) == [], [line[:500] for line in texts["log"].splitlines() if MARK in line]


def test_secrets_of_the_data_folder_are_for_its_owner(planted: AccountsServer) -> None:
    """Whatever the server has written: no file holds a secret that is not hashed or sealed, but the instance's key."""
    made = planted.key("read")
    files = [file for file in planted.data.rglob("*") if file.is_file() and file.name != "instance.key"]
    assert files
    texts = {str(file): file.read_bytes().decode("latin-1") for file in files}
    assert leaks(texts, [PASSWORD, made, made.split("_", 2)[2], planted.cookie.partition("=")[2]]) == []
    assert [file for file in (planted.data / "secrets").iterdir() if file.stat().st_mode & 0o077] == []


WRONG = f"""
[catalog]
url = "mysql://someone:{MARK}01@db/x"
[outbound]
proxy_url = "socks://someone:{MARK}03@127.0.0.1:9"
[auth]
client_secret = "{MARK}04"
[auth.oidc.sso]
issuer = "https://someone:{MARK}05@sso.example.org"
client_id = "x"
client_secret = "{MARK}06"
"""
BROKEN = f"""
[catalog]
url = "postgresql+psycopg://someone:{MARK}07@db/x
"""
RIGHT = f"""
[catalog]
url = "postgresql+psycopg://someone:{MARK}08@db/x?password={MARK}09"
[outbound]
proxy_url = "http://someone:{MARK}10@127.0.0.1:9"
"""


@pytest.mark.parametrize("content", [WRONG, BROKEN, RIGHT])
def test_checking_settings_repeats_no_secret(tmp_path: Path, content: str) -> None:
    """Right or wrong: what is said of a setting names it and its line, and leaves out what may be secret."""
    file = tmp_path / "vedette.toml"
    file.write_text(content)
    program = Path(sys.executable).with_name("vedette")
    environment = {**os.environ, "VEDETTE_CATALOG_URL": f"{MARK}11", "VEDETTE_OUTBOUND_PROXY_URL": f"{MARK}12"}
    for more in ([], ["--set", f"catalog.url={MARK}13"], ["--set", f"outbound.proxy_url=http://a:{MARK}14@"]):
        for given in (dict(os.environ), environment):
            command = [str(program), "check", "config", str(file), *more]
            done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=False)
            assert MARK not in done.stdout + done.stderr, done.stdout + done.stderr
            assert (done.returncode == 0) == (content == RIGHT and not more and given is not environment)


def test_errors_of_a_scrape_configuration_repeat_no_secret(tmp_path: Path) -> None:
    """Its mistakes are named by line and key."""
    text = re.sub(r"password: (\w+)", r"password: [\1]", SCRAPE).replace("credentials: ", "credentals: ")
    (tmp_path / "scrape.yml").write_text(text)
    program = Path(sys.executable).with_name("vedette")
    command = [str(program), "check", "config", "--set", f"scrape.config_file={tmp_path / 'scrape.yml'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert MARK not in done.stdout + done.stderr, done.stdout + done.stderr
