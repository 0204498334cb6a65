"""People on a server where one signs in: each with a session, spoken for over the API."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from playwright.sync_api import StorageState

PASSWORD = "a rather long pass phrase"
_LINK = re.compile(r"http://\S+/setup#(\S+)")
_WAIT_S = 20


def setup_link(log: Path) -> str:
    """The one-time link that the server has printed."""
    deadline_s = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline_s:
        found = _LINK.search(log.read_text())
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(log.read_text()[-2000:])


class Person:
    """Somebody with a session."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name, self.user_id = url, name, ""
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._csrf = ""

    def ask(self, method: str, path: str, body: object = None, tag: str = "") -> Any:
        """The content of `data`. Raises HTTPError."""
        headers = {"content-type": "application/json", "x-csrf-token": self._csrf}
        if tag:
            headers["if-match"] = tag
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        with self._opener.open(request, timeout=20) as answer:
            return json.load(answer)["data"]

    def open_link(self, token: str) -> None:
        """Set the password by a one-time link, and be signed in."""
        self._csrf = self.ask("POST", "/api/v1/setup", {"token": token, "name": self.name, "password": PASSWORD})[
            "csrf"
        ]
        self.user_id = self.ask("GET", "/api/v1/session")["user"]["id"]

    @property
    def state(self) -> StorageState:
        """For a browser that is signed in as this person."""
        cookies: list[Any] = [
            {
                "name": cookie.name,
                "value": cookie.value,
                "domain": cookie.domain,
                "path": cookie.path,
                "expires": -1,
                "httpOnly": True,
                "secure": False,
                "sameSite": "Lax",
            }
            for cookie in self._cookies
        ]
        return {"cookies": cookies, "origins": []}

    def session_cookie(self) -> dict[str, str]:
        """Name and value of each cookie."""
        return {cookie.name: cookie.value or "" for cookie in self._cookies}


class Guarded:
    """Ada administers the server, vera is a viewer of `default`, tess sees team a's series alone; and `billing`."""

    def __init__(self, url: str, link: str) -> None:
        self.url = url
        self.ada = Person(url, "ada")
        self.ada.open_link(link.partition("#")[2])
        role = {"name": "team-a", "permissions": ["metrics:read"], "selector": '{team="a"}'}
        self.ada.ask("POST", "/api/v1/roles", role)
        self.ada.ask("POST", "/api/v1/projects", {"name": "billing", "title": "Billing"})
        self.vera = self.person("vera", "viewer")
        self.tess = self.person("tess", "team-a")
        self.key = self.new_key("default")
        self.push(self.key, 'orders_total{team="a"} 1\norders_total{team="b"} 2\n')
        self.push(self.new_key("billing"), "invoices_total 3\n")

    def person(self, name: str, role: str | None = None, project: str = "default") -> Person:
        """Somebody new, signed in."""
        made = self.ada.ask("POST", "/api/v1/users", {"name": name})
        person = Person(self.url, name)
        person.open_link(made["link_token"])
        if role is not None:
            self.ada.ask("PUT", f"/api/v1/projects/{project}/members/{name}", {"role": role})
        return person

    def new_key(self, project: str) -> str:
        """The secret of a key that sends."""
        wanted = {"name": f"sender of {project}", "scopes": ["ingest"], "project": project}
        return str(self.ada.ask("POST", "/api/v1/profile/keys", wanted)["secret"])

    def push(self, key: str, exposition: str) -> None:
        """Send samples in the text format. Raises HTTPError."""
        headers = {"authorization": f"Bearer {key}"}
        body = exposition.encode()
        request = urllib.request.Request(f"{self.url}/api/v1/import/prometheus", body, headers, method="POST")
        urllib.request.urlopen(request, timeout=10).close()
