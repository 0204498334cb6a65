"""Mail to servers that people type in: the same guard over addresses as for HTTP, TLS verified, nothing kept open."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from typing import Final, Literal

import structlog

from vedette.errors import BadData, Timeout, Unavailable
from vedette.outbound.guard import Guard
from vedette.outbound.resolver import Resolved
from vedette.outbound.settings import OutboundSettings, Purpose

_log = structlog.get_logger(__name__)
_LATER: Final = range(400, 500)
Tls = Literal["starttls", "tls", "none"]


class _Dialled(smtplib.SMTP):
    """Connects to addresses that were judged, whatever the name leads to a moment later."""

    def __init__(
        self, host: str, port: int, addresses: Sequence[Resolved], context: ssl.SSLContext | None, timeout_s: float
    ) -> None:
        self._addresses = addresses
        self._implicit = context
        # Not the machine's own name, which would tell strangers about the network.
        super().__init__(host, port, local_hostname="[127.0.0.1]", timeout=timeout_s)
        # What a certificate is checked for later, by STARTTLS.
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        failure: OSError | None = None
        for _, address in self._addresses:
            try:
                plain = socket.create_connection((address, port), timeout)
            except OSError as error:
                failure = error
                continue
            return self._implicit.wrap_socket(plain, server_hostname=host) if self._implicit else plain
        raise failure or OSError("no address")


class MailClient:
    """Hands mails to servers; blocks, so use a thread."""

    def __init__(self, settings: OutboundSettings, guard: Guard) -> None:
        self._settings = settings
        self._guard = guard

    def send(
        self,
        host: str,
        port: int,
        tls: str,
        credentials: tuple[str, str],
        sender: str,
        recipients: Sequence[str],
        message: bytes,
        *,
        is_trusted: bool,
    ) -> list[str]:
        """Hand it over; the recipients that the server refused while it took others.

        `is_trusted`: the operator has named the server, which may be anywhere. `credentials` are user and password.

        Raises BadData for what is refused for good, Unavailable and Timeout for what may pass later; messages name the
        server and what it said, never the password.
        """
        addresses = self._guard.resolve(host)
        if not is_trusted:
            addresses = self._guard.admitted(host, addresses, Purpose.WEBHOOK)
        place = f"mail server {host} port {port}"
        result = "refused"
        try:
            refused = self._hand_over(host, port, addresses, tls, credentials, sender, recipients, message)
            result = "answered"
        except TimeoutError:
            result = "timeout"
            raise Timeout(f"{place} did not answer within {self._settings.timeout_s:g} s") from None
        except smtplib.SMTPException as error:
            raise _our_own(error, place) from None
        except (OSError, ValueError) as error:
            result = "unavailable"
            raise Unavailable(f"{place}: {error}") from None
        finally:
            _log.info("outbound_mail", place=place, result=result, recipients=len(recipients))
        return refused

    def _hand_over(
        self,
        host: str,
        port: int,
        addresses: Sequence[Resolved],
        tls: str,
        credentials: tuple[str, str],
        sender: str,
        recipients: Sequence[str],
        message: bytes,
    ) -> list[str]:
        context = self._context() if tls != "none" else None
        implicit = context if tls == "tls" else None
        with _Dialled(host, port, addresses, implicit, self._settings.timeout_s) as server:
            if tls == "starttls":
                server.starttls(context=context)
            server.ehlo()
            username, password = credentials
            if username:
                server.login(username, password)
            return list(server.sendmail(sender, list(recipients), message))

    def _context(self) -> ssl.SSLContext:
        file = self._settings.ca_file
        try:
            context = ssl.create_default_context(cafile=str(file) if file else None)
        except OSError as error:
            raise Unavailable(f"outbound.ca_file = {file} cannot be used: {error}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _our_own(error: smtplib.SMTPException, place: str) -> Unavailable | BadData:
    """Answers 4xx may pass later, and so may a connection that broke."""
    codes = [code for code, _ in error.recipients.values()] if isinstance(error, smtplib.SMTPRecipientsRefused) else []
    codes += [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    words = f"{place}: {error}"[:500]
    if not codes and isinstance(error, smtplib.SMTPNotSupportedError):
        return BadData(words)
    if all(code in _LATER for code in codes):
        return Unavailable(words)
    return BadData(words)
