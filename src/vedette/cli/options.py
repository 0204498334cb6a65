"""Options that several verbs share, and how they become settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.config.load import Loaded, environment, load
from vedette.errors import BadData
from vedette.server.settings import Settings

Config = Annotated[Path | None, typer.Option("--config", help="TOML file with settings.", metavar="FILE")]
Url = Annotated[str, typer.Option("--url", help="Address of a running server.", metavar="URL")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="One setting, such as query.timeout=30s; may be given several times.", metavar="KEY=VALUE"
    ),
]


def load_settings(config: Path | None, assignments: list[str] | None, flags: dict[str, Any]) -> Loaded[Settings]:
    """Settings from all sources; `flags` that are None were not given."""
    given = {key: value for key, value in flags.items() if value is not None}
    for assignment in assignments or []:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise BadData(f"--set {assignment}: write --set name=value")
        given[key.strip()] = value.strip()
    return load(Settings, config, environment(), given)
