"""Options that several verbs share, and how they become settings."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import click

from vedette.config.load import Loaded, environment, load
from vedette.errors import BadData, NotFound
from vedette.server.settings import Settings

A_PATH: Final = click.Path(path_type=Path)

config_option = click.option("--config", type=A_PATH, metavar="FILE", help="TOML file with settings.")
set_option = click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="One setting, such as query.timeout=30s; may be given several times.",
)


key_file_option = click.option(
    "--key-file",
    type=A_PATH,
    metavar="FILE",
    help="File with an API key for the server; without it the variable VEDETTE_API_KEY counts.",
)
API_KEY: Final = "VEDETTE_API_KEY"


def api_key(file: Path | None) -> str:
    """The key to show to a server, empty where there is none; never an argument, which everybody could see.

    Raises NotFound, BadData.
    """
    if file is None:
        return environment().get(API_KEY, "").strip()
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"{file}, the API key, cannot be read") from error
    if not key or not key.isascii() or not key.isprintable():
        raise BadData(f"{file} holds no API key")
    return key


def choice_of(kind: type[StrEnum]) -> click.Choice[str]:
    """One of the values of an enumeration, which Click itself would want by the names of its members."""
    return click.Choice([member.value for member in kind])


def one_of(data: Path | None, url: str | None) -> Path | str:
    """Where a verb works: the folder or the server. Raises BadData unless exactly one is given."""
    if data and not url:
        return data
    if url and not data:
        return url
    raise BadData("give either --data DIR or --url URL")


def load_settings(config: Path | None, assignments: Sequence[str], flags: dict[str, Any]) -> Loaded[Settings]:
    """Settings from all sources; `flags` that are None were not given."""
    given = {key: value for key, value in flags.items() if value is not None}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise BadData(f"--set {assignment}: write --set name=value")
        given[key.strip()] = value.strip()
    return load(Settings, config, environment(), given)
