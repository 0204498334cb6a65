"""Users, keys and the audit log of a data folder, opened for one command; a server may run on the same folder."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from vedette.cli.options import A_PATH, config_option, load_settings, set_option
from vedette.errors import BadData, NotFound

if TYPE_CHECKING:
    from vedette.auth.actor import Actor
    from vedette.auth.service import AuthService

F = TypeVar("F", bound=Callable[..., Any])

data_option = click.option("--data", type=A_PATH, metavar="DIR", help="Folder of the server; default: its setting.")
password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def place_options(command: F) -> F:
    """Which instance: folder and settings, as given to `vedette serve`."""
    return data_option(config_option(set_option(command)))


@contextmanager
def open_identity(
    data: Path | None, config: Path | None, assignments: Sequence[str], *, create: bool = False
) -> Iterator[AuthService]:
    """The service of an instance. Raises NotFound when there is none, unless it may be made."""
    from prometheus_client import CollectorRegistry

    from vedette.auth.instance_key import InstanceKey
    from vedette.auth.service import AuthService
    from vedette.catalog.database import FILE_NAME, Catalog
    from vedette.clock import SystemClock

    settings = load_settings(config, assignments, {"server.data": str(data) if data else None}).require()
    folder = settings.server.data
    if not create and not settings.catalog.url and not (folder / FILE_NAME).exists():
        raise NotFound(f"{folder} has no users yet; make the first with vedette user add --admin NAME")
    catalog = Catalog(settings.catalog.url, folder)
    service = AuthService(catalog, SystemClock(), settings.auth, InstanceKey.of(folder), folder, CollectorRegistry())
    try:
        service.open()
        yield service
        service.close()
    finally:
        catalog.close()


def operator() -> Actor:
    """Whoever runs the command, by the name that the machine knows them by."""
    from vedette.auth.actor import CLI

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        name = f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
    return msgspec.structs.replace(CLI, principal=msgspec.structs.replace(CLI.principal, id=name, name=name))


def read_password(*, from_stdin: bool) -> str:
    """From the first line of standard input, or asked for twice on the terminal. Raises BadData."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadData("no terminal to ask for the password on: use --password-stdin")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell."""
    if not rows:
        return
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    for row in (head, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
