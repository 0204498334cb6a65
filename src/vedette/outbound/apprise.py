"""Notifications by Apprise, an optional extra: each is sent by a process of its own, watched by the same guard."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Final

import msgspec
import structlog

from vedette.errors import BadData, Timeout, Unavailable
from vedette.outbound.apprise_process import Job, Outcome
from vedette.outbound.settings import OutboundSettings

_log = structlog.get_logger(__name__)
_COMMAND: Final = (sys.executable, "-I", "-m", "vedette.outbound.apprise_process")
_START_S: Final = 15.0
"""How long the process may take beyond `outbound.timeout`: it imports Apprise."""


def is_installed() -> bool:
    """Whether `pip install 'vedette[apprise]'` was done."""
    return importlib.util.find_spec("apprise") is not None


def check_url(url: str) -> None:
    """Raises BadData for what Apprise does not know. Blocks for a second."""
    _run(Job(url, is_check=True), {}, _START_S)


class AppriseClient:
    """Hands notifications to Apprise; blocks, so use a thread."""

    def __init__(self, settings: OutboundSettings) -> None:
        self._settings = settings

    def send(self, url: str, title: str, body: str, kind: str) -> None:
        """Raises BadData for what is refused for good, Unavailable and Timeout for what may pass later.

        `kind` is `info`, `success`, `warning` or `failure`. What Apprise says is told without the URL's secrets.
        """
        settings = self._settings
        if settings.proxy_url:
            # Its addresses would be the proxy's, which the guard in the process could not judge.
            raise BadData("apprise: notifications do not go through outbound.proxy_url")
        job = Job(url, title, body, kind, settings.allow_private, settings.allow_networks, settings.allow_hosts)
        environment = {"REQUESTS_CA_BUNDLE": str(settings.ca_file)} if settings.ca_file else {}
        result = "unavailable"
        try:
            _run(job, environment, settings.timeout_s + _START_S)
            result = "answered"
        except BadData:
            result = "refused"
            raise
        finally:
            _log.info("outbound_apprise", schema=url.partition("://")[0][:30], result=result)


def _run(job: Job, environment: dict[str, str], timeout_s: float) -> None:
    if not is_installed():
        raise BadData("apprise is not installed here: pip install 'vedette[apprise]'")
    try:
        done = subprocess.run(  # noqa: S603 - this program; what it is to know comes by its input, which nobody sees
            _COMMAND,
            input=msgspec.json.encode(job),
            capture_output=True,
            env=environment,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Timeout(f"Apprise was not done within {timeout_s:g} s") from None
    except OSError as error:
        raise Unavailable(f"no process for Apprise: {error.strerror or error}") from None
    try:
        outcome = msgspec.json.decode(done.stdout, type=Outcome)
    except msgspec.MsgspecError:
        _log.warning("apprise_broke", code=done.returncode, error=done.stderr[-500:].decode("utf-8", "replace"))
        raise Unavailable(f"the process of Apprise ended with code {done.returncode}") from None
    if outcome.is_refused:
        raise BadData(outcome.error)
    if outcome.error:
        raise Unavailable(outcome.error)
