"""`vedette serve` as a process of its own, where people sign in."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PASSWORD = "a rather long pass phrase"
_READY_S = 60


class AccountsServer:
    """A server on an empty folder, its administrator `root`, and keys that they make."""

    def __init__(self, folder: Path, *settings: str, config: Path | None = None) -> None:
        """`settings` as `name=value`, `config` a file with further ones."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.data, self.log = folder / "data", folder / "server.log"
        self.cookie = self.csrf = ""
        self._settings = ["host.enabled=false", "telemetry.export_interval=0", *settings]
        self._config = ["--config", str(config)] if config else []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and set the password by the one-time link."""
        program = Path(sys.executable).with_name("vedette")
        options = [part for setting in self._settings for part in ("--set", setting)]
        command = [str(program), "serve", "--data", str(self.data), "--port", str(self.port), *self._config, *options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        token = self.data / "secrets" / "setup.token"
        deadline_s = time.monotonic() + _READY_S
        while not token.exists():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline_s, self.log.read_text()
            time.sleep(0.05)
        body = {"token": token.read_text().split()[0], "name": "root", "password": PASSWORD}
        _, headers, answer = self.ask("POST", "/api/v1/setup", body)
        self.cookie, self.csrf = headers["set-cookie"].partition(";")[0], answer["data"]["csrf"]

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """(status, headers in lower case, JSON body or text) of a request; root's without `headers`."""
        own = {"cookie": self.cookie, "x-csrf-token": self.csrf} if self.cookie else {}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        more = {"content-type": "application/json", **(own if headers is None else headers)}
        request = urllib.request.Request(self.url + path, content, more, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            found = {name.lower(): value for name, value in answer.headers.items()}
            is_json = found.get("content-type", "").startswith("application/json")
            return answer.status, found, json.loads(text) if is_json and text else text

    def key(self, *scopes: str) -> str:
        """The secret of a new key of root's."""
        _, _, answer = self.ask("POST", "/api/v1/profile/keys", {"name": " ".join(scopes), "scopes": scopes})
        return str(answer["data"]["secret"])

    def stop(self) -> None:
        """As Ctrl+C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
            self._process = None
