"""`vedette version`: what is running."""

from __future__ import annotations

import platform

import typer

import vedette


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("version")(version)


def version() -> None:
    """Print the version of Vedette and of the Python it runs on."""
    typer.echo(f"vedette {vedette.__version__} (Python {platform.python_version()}, {platform.machine()})")
