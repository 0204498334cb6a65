"""`vedette check config`: everything that is wrong with the settings, without starting anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from vedette.cli.errors import exit_code_of
from vedette.cli.options import A_PATH, config_option, load_settings, set_option
from vedette.errors import BadData


@click.group()
def check() -> None:
    """Check files without starting anything."""


@check.command()
@click.argument("file", type=A_PATH, required=False, help="TOML file with settings.")
@config_option
@set_option
def config(file: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Name every error of the settings with its place; exit code 3 when there is one."""
    loaded = load_settings(file or config, assignments, {})
    for problem in loaded.problems:
        click.echo(str(problem), err=True)
    if loaded.problems:
        raise click.exceptions.Exit(exit_code_of(BadData("")))
    for key, place in sorted(loaded.sources.items()):
        click.echo(f"{key} is set by {place}")
    click.echo("settings: ok")
