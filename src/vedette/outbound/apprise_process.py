"""A process of its own in which Apprise sends one notification: `python -I -m vedette.outbound.apprise_process`.

Apprise opens connections itself, in a hundred and more ways. So whatever it does is watched by an audit hook, which
cannot be taken out again: every address is judged by the guard when it is connected to, no program is started, and no
file is read or written but those of Python and of the system's configuration.
"""

from __future__ import annotations

import importlib
import io
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from vedette.errors import BadData, Unavailable, VedetteError
from vedette.outbound.guard import Guard
from vedette.outbound.resolver import numeric
from vedette.outbound.settings import OutboundSettings, Purpose

_ADDRESSED: Final = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_REFUSED: Final = (
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "socket.bind",
    "sys.addaudithook",
)
_LOCAL: Final = frozenset(("dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"))
_READABLE: Final = ("/etc/", "/usr/", "/lib", "/dev/null", "/dev/urandom")
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MAX_SAID: Final = 500


class Job(msgspec.Struct, frozen=True):
    """What to send; without `settings` the URL is only looked at."""

    url: str
    title: str = ""
    body: str = ""
    kind: str = "info"
    """`info`, `success`, `warning` or `failure`."""
    allow_private: tuple[str, ...] = ()
    allow_networks: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    is_check: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """How it went; `error` is empty where all is well."""

    error: str = ""
    is_refused: bool = False
    """Whether trying again is of no use."""


class Watch:
    """The audit hook; what it has refused is kept, for Apprise may swallow the exception."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._admitted: set[str] = set()
        self._is_judging = False
        places = {sys.prefix, sys.base_prefix, *(place for place in sys.path if place)}
        self._places = tuple(os.path.realpath(place) + os.sep for place in places)
        self.refusal = ""

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        """Raises PermissionError."""
        if self._is_judging:
            return
        self._is_judging = True
        try:
            self._judge(event, given)
        except VedetteError as error:
            self.refusal = self.refusal or error.message
            raise PermissionError(error.message) from None
        finally:
            self._is_judging = False

    def _judge(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            self._name(given[0])
        elif event in _ADDRESSED:
            self._address(given[1])
        elif event == "open":
            self._file(given)
        elif event.startswith(_REFUSED):
            raise BadData(f"apprise: {event} is not allowed")

    def _name(self, host: object) -> None:
        """A name that is looked up is judged by what it leads to now; addresses of listed names may be asked."""
        if host is not None:
            name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
            try:
                resolved = self._guard.resolve(name)
            except Unavailable:
                # So Apprise will see for itself; it may pass later.
                return
            found = self._guard.admitted(name, resolved, Purpose.WEBHOOK)
            self._admitted.update(address for _, address in found)

    def _address(self, address: object) -> None:
        if not isinstance(address, tuple) or not address:
            raise BadData("apprise: only addresses of the network may be asked")
        host = str(address[0])
        if host not in self._admitted:
            self._guard.admitted(host, numeric(host), Purpose.WEBHOOK)

    def _file(self, given: tuple[Any, ...]) -> None:
        path, mode, flags = given
        if isinstance(path, int):
            return
        writes = bool(set(mode or "") & set("wax+")) or bool((flags or 0) & _WRITING)
        whole = os.path.realpath(os.fsdecode(path))
        if whole == os.devnull or (not writes and whole.startswith((*self._places, *_READABLE))):
            return
        raise BadData("apprise: files are not for notifications")


def work(job: Job) -> Outcome:
    """Look at the URL and, unless that was all, send."""
    said = io.StringIO()
    logger = logging.getLogger("apprise")
    logger.addHandler(logging.StreamHandler(said))
    logger.setLevel(logging.WARNING)
    apprise = importlib.import_module("apprise")
    plugin = apprise.Apprise.instantiate(job.url, asset=apprise.AppriseAsset(async_mode=False, secure_logging=True))
    if plugin is None:
        return Outcome(f"url: Apprise does not know it: {_last(said, job.url)}", is_refused=True)
    if job.url.partition("://")[0].lower() in _LOCAL:
        return Outcome("url: what shows messages on a machine's own screen is not for servers", is_refused=True)
    if job.is_check:
        return Outcome()
    plugin.verify_certificate = True
    return _sent(job, apprise, plugin, said)


def _sent(job: Job, apprise: Any, plugin: Any, said: io.StringIO) -> Outcome:
    settings = OutboundSettings(
        allow_private=job.allow_private,  # type: ignore[arg-type] # names that were checked in the other process
        allow_networks=job.allow_networks,
        allow_hosts=job.allow_hosts,
    )
    watch = Watch(Guard(settings))
    sender = apprise.Apprise()
    sender.add(plugin)
    sys.addaudithook(watch)
    notify: Callable[..., bool | None] = sender.notify
    arrived = notify(
        body=job.body or job.title,
        title=job.title if job.body else "",
        notify_type=apprise.NotifyType(job.kind),
        body_format=apprise.NotifyFormat.TEXT,
    )
    if watch.refusal:
        return Outcome(watch.refusal, is_refused=True)
    return Outcome() if arrived else Outcome(f"Apprise could not send it: {_last(said, job.url)}")


def _last(said: io.StringIO, url: str) -> str:
    """Apprise's last words, without any long part of the URL: such are keys and tokens."""
    lines = [line for line in said.getvalue().splitlines() if line.strip()]
    words = lines[-1] if lines else "it says nothing"
    for part in sorted({part for part in _parts(url) if len(part) >= 6}, key=len, reverse=True):
        words = words.replace(part, "<secret>")
    return words[:_MAX_SAID]


def _parts(url: str) -> list[str]:
    _, _, rest = url.partition("://")
    return "".join(letter if letter.isalnum() or letter in "._-~+%" else " " for letter in rest).split()


def main() -> None:
    """A job by the input, an outcome by the output."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        told, sys.stdout = sys.stdout, nowhere
        outcome = work(job)
        sys.stdout = told
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
