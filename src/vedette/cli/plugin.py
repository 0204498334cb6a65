"""`vedette plugin`: widgets of your own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from vedette.cli.errors import exit_code_of
from vedette.cli.options import A_PATH
from vedette.errors import BadData


@click.group()
def plugin() -> None:
    """Widgets of your own."""


@plugin.command("new")
@click.argument("name", help="Small letters and digits, with single hyphens.")
@click.option("--in", "parent", type=A_PATH, default=Path(), metavar="DIR", help="Where its folder is made.")
def new(name: str, parent: Path) -> None:
    """Make a folder with a widget that works: manifest, module, style, icon, test."""
    from vedette.dashboards.plugins.authoring import new_plugin

    folder = new_plugin(name, parent)
    click.echo(f"made {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    click.echo(f"See it: vedette serve --set dashboards.plugins={folder} --set dashboards.plugins_development=true")


@plugin.command("check")
@click.argument("folders", type=A_PATH, nargs=-1, required=True, metavar="DIR...", help="Folders of plugins.")
def check(folders: Sequence[Path]) -> None:
    """Say what is wrong with plugins, if anything, as the server would.

    Exit code 3 when something is; the others are checked all the same.
    """
    from vedette.dashboards.plugins.folder import read_plugin

    failed: BadData | None = None
    for folder in folders:
        try:
            manifest = read_plugin(folder).manifest
        except BadData as error:
            click.echo(f"{folder}: {error.message}", err=True)
            failed = error
            continue
        click.echo(f"{folder}: {manifest.title} {manifest.version} is right")
    if failed is not None:
        raise click.exceptions.Exit(exit_code_of(failed))


@plugin.command("pin")
@click.argument("folders", type=A_PATH, nargs=-1, required=True, metavar="DIR...", help="Folders of plugins.")
def pin(folders: Sequence[Path]) -> None:
    """Write the SHA-256 of the files of plugins into their manifests: after each change."""
    from vedette.dashboards.plugins.authoring import pin_plugin

    for folder in folders:
        for name, digest in pin_plugin(folder).items():
            click.echo(f"{folder / name}: {digest}")
