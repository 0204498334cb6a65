"""`vedette version`: what is running."""

from __future__ import annotations

import platform

import click

import vedette


@click.command()
def version() -> None:
    """Print the version of Vedette and of the Python it runs on."""
    click.echo(f"vedette {vedette.__version__} (Python {platform.python_version()}, {platform.machine()})")
