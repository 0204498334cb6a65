"""`vedette check config`: everything that is wrong with the settings, without starting anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.errors import exit_code_of
from vedette.cli.options import Config, Set, load_settings
from vedette.errors import BadData


def add_to(app: typer.Typer) -> None:
    """Register the verb and what it can check."""
    group = typer.Typer(help="Check files without starting anything.", no_args_is_help=True)
    group.command("config")(config)
    app.add_typer(group, name="check")


def config(
    file: Annotated[Path | None, typer.Argument(help="TOML file with settings.", metavar="[FILE]")] = None,
    option: Config = None,
    assignments: Set = None,
) -> None:
    """Name every error of the settings with its place; exit code 3 when there is one."""
    loaded = load_settings(file or option, assignments, {})
    for problem in loaded.problems:
        typer.echo(str(problem), err=True)
    if loaded.problems:
        raise typer.Exit(exit_code_of(BadData("")))
    for key, place in sorted(loaded.sources.items()):
        typer.echo(f"{key} is set by {place}")
    typer.echo("settings: ok")
