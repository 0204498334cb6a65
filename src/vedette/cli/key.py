"""`vedette key`: keys of programs, while the server runs or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from vedette.cli.identity import open_identity, operator, place_options, print_table
from vedette.cli.moments import print_moment
from vedette.clock import SystemClock
from vedette.config.units import parse_setting_duration_ms


@click.group()
def key() -> None:
    """Keys of programs. A running server takes changes over within a second."""


@key.command()
@click.argument("name")
@click.option("--project", metavar="PROJECT", default="default", show_default=True, help="Where it may do something.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help="ingest, read, edit or admin; may be given several times.",
)
@click.option("--expires", metavar="DURATION", help="For how long it works, such as 90d; without: until revoked.")
@click.option("--owner", metavar="NAME", help="A user: the key may never more than they may, and ends with them.")
@place_options
def create(
    name: str,
    project: str,
    scopes: Sequence[str],
    expires: str | None,
    owner: str | None,
    data: Path | None,
    config: Path | None,
    assignments: Sequence[str],
) -> None:
    """Make a key and print its secret on standard output: it is shown this once."""
    expires_ms = SystemClock().now_ms() + round(parse_setting_duration_ms(expires)) if expires else 0
    with open_identity(data, config, assignments, create=True) as service:
        owner_id = service.users.named(owner).id if owner else ""
        made = service.keys.create(operator(), project, name, scopes, expires_ms=expires_ms, owner_id=owner_id)
        click.echo(f"key {made.key.id} of project {project}, shown this once:", err=True)
        click.echo(made.secret)


@key.command("list")
@click.option("--project", metavar="PROJECT", help="Only of this project.")
@place_options
def list_keys(project: str | None, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Keys that were not revoked; never their secrets."""
    with open_identity(data, config, assignments) as service:
        projects = [project] if project else [found.name for found in service.projects.seen_by(operator().principal)]
        rows = [
            (
                found.id,
                found.name,
                found.project,
                ", ".join(found.scopes),
                service.users.get(found.owner_id).name if found.owner_id else "-",
                print_moment(found.expires_ms) if found.expires_ms else "never",
                print_moment(found.last_used_ms) if found.last_used_ms else "never",
            )
            for name in projects
            for found in service.keys.of_project(operator(), name)
        ]
        print_table(("id", "name", "project", "scopes", "owner", "expires", "last used"), rows)


@key.command()
@click.argument("key_id", metavar="ID")
@place_options
def revoke(key_id: str, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """From now on it is no key."""
    with open_identity(data, config, assignments) as service:
        service.keys.revoke(operator(), key_id)
        click.echo(f"key {key_id} revoked")
