"""Requests leave the server through one room, which judges where they lead."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "vedette"
CLIENTS = {"httpx", "httpcore", "requests", "aiohttp", "urllib3", "http.client", "smtplib", "ftplib", "telnetlib"}
CALLS = {"create_connection", "open_connection", "getaddrinfo", "gethostbyname", "urlopen", "urlretrieve"}
# The command line asks the server that its user names, as that user.
ELSEWHERE = {"cli"}
ALLOWED = {
    "outbound/dial.py: create_connection",
    "outbound/mail.py: create_connection",
    "outbound/mail.py: smtplib",
    "outbound/resolver.py: getaddrinfo",
}


def ways_out(path: Path) -> list[str]:
    """Imports and calls of a file by which a request could leave."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in CLIENTS]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found += [node.module] if node.module in CLIENTS or node.module.partition(".")[0] in CLIENTS else []
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found += [name] if name in CALLS else []
    return found


def test_requests_leave_through_the_guarded_room() -> None:
    """No other room brings a client of its own, looks names up or opens connections."""
    found = {
        f"{path.relative_to(SOURCE).as_posix()}: {way}"
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] not in ELSEWHERE
        for way in ways_out(path)
    }
    assert found == ALLOWED
