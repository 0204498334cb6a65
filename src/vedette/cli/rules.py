"""`vedette rules`: rule files taken over by a running server, to be changed in its page from then on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from vedette.cli.errors import exit_code_of
from vedette.cli.options import A_PATH, api_key, key_file_option
from vedette.cli.remote import DEFAULT_URL, Remote
from vedette.errors import BadData


@click.group()
def rules() -> None:
    """Rules of a running server."""


@rules.command("import")
@click.argument("files", type=A_PATH, nargs=-1, required=True, metavar="FILE...", help="Prometheus rule files.")
@click.option("--url", metavar="URL", default=DEFAULT_URL, show_default=True, help="Address of a running server.")
@key_file_option
@click.option("--project", metavar="NAME", default="", help="Project of the rules; the key's own without it.")
@click.option("--dry-run", is_flag=True, help="Only tell what would become of the files.")
def import_(files: Sequence[Path], url: str, key_file: Path | None, project: str, dry_run: bool) -> None:
    """Make a document of each group; those of the same name get a new version if they are not as the file says.

    A file with errors changes nothing. Exit code 3 when there is one; the others are taken over all the same.
    """
    failed = False
    with Remote(url, api_key(key_file)) as remote:
        for path in files:
            click.echo(f"{path}:")
            try:
                body = {"text": _read(path), "dry_run": dry_run}
                params = {"project": project} if project else {}
                answer = remote.post("/api/v1/rules/import", json=body, params=params)
            except BadData as error:
                failed = True
                click.echo(f"  {error.message}", err=True)
                continue
            failed = _tell(answer["data"]) or failed
    if failed:
        raise click.exceptions.Exit(exit_code_of(BadData("")))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"cannot be read: {error}") from None


def _tell(became: dict[str, Any]) -> bool:
    """Whether there are errors."""
    for error in became["errors"]:
        click.echo(f"  {error}", err=True)
    for note in became["notes"]:
        click.echo(f"  {note}")
    for group in became["groups"] if not became["errors"] else ():
        said = group["result"] or ("would be updated" if group["document"] else "would be created")
        click.echo(f"  {group['name']}: {group['rules']} rules, {said}")
    return bool(became["errors"])
