"""`vedette user`: people who may sign in, while the server runs or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from vedette.cli.identity import open_identity, operator, password_option, place_options, print_table, read_password
from vedette.cli.moments import print_moment


@click.group()
def user() -> None:
    """People who may sign in. A running server takes changes over within a second."""


@user.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="May do everything, everywhere.")
@click.option("--project", metavar="PROJECT", help="Make them a member of this project.")
@click.option("--role", metavar="ROLE", default="viewer", show_default=True, help="Their role there.")
@click.option("--email", metavar="ADDRESS", default="", help="Where to write to them.")
@click.option("--link", "wants_link", is_flag=True, help="Print a link by which they set a password themselves.")
@password_option
@place_options
def add(
    name: str,
    admin: bool,
    project: str | None,
    role: str,
    email: str,
    wants_link: bool,
    password_stdin: bool,
    data: Path | None,
    config: Path | None,
    assignments: Sequence[str],
) -> None:
    """Make a user. The password is asked for, read from standard input, or left to them with --link."""
    password = None if wants_link else read_password(from_stdin=password_stdin)
    actor = operator()
    with open_identity(data, config, assignments, create=True) as service:
        if project:
            service.projects.get(project)
            service.roles.get(role)
        made = service.users.create(actor, name, password=password, email=email, is_instance_admin=admin)
        if project:
            service.members.assign(actor, project, made.id, role)
        click.echo(f"user {made.name} made")
        if wants_link:
            _show_link(service.setup.link(actor, made.id))


@user.command()
@click.argument("name")
@password_option
@place_options
def passwd(name: str, password_stdin: bool, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Give a user another password; they are signed out everywhere."""
    with open_identity(data, config, assignments) as service:
        found = service.users.named(name)
        service.users.set_password(operator(), found.id, read_password(from_stdin=password_stdin))
        click.echo(f"password of {found.name} changed")


@user.command("list")
@place_options
def list_users(data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Everybody, with what they may."""
    with open_identity(data, config, assignments) as service:
        rows = []
        for found in service.users.all(operator()):
            roles = service.members.of_user(found.id)
            may = "everything" if found.is_instance_admin else ", ".join(f"{p}:{role}" for p, role in roles.items())
            ways = [
                *(["password"] if found.password_hash else []),
                *(["second factor"] if found.totp_secret else []),
                *(["oidc"] if found.oidc_subject else []),
            ]
            last = print_moment(found.last_login_ms) if found.last_login_ms else "never"
            state = "disabled" if found.disabled_ms else "enabled"
            rows.append((found.name, state, may or "nothing", ", ".join(ways) or "none yet", last))
        print_table(("name", "state", "may", "signs in by", "last"), rows)


@user.command()
@click.argument("name")
@place_options
def disable(name: str, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """End all of a user's sessions and keys until they are enabled again."""
    _set_disabled(name, data, config, assignments, disabled=True)


@user.command()
@click.argument("name")
@place_options
def enable(name: str, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Let a user in again."""
    _set_disabled(name, data, config, assignments, disabled=False)


@user.command()
@click.argument("name")
@place_options
def link(name: str, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Print a link by which a user sets a password: it works once, for a day."""
    with open_identity(data, config, assignments) as service:
        _show_link(service.setup.link(operator(), service.users.named(name).id))


@user.command("remove-second-factor")
@click.argument("name")
@place_options
def remove_second_factor(name: str, data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """For somebody who lost the device and the recovery codes."""
    with open_identity(data, config, assignments) as service:
        found = service.users.named(name)
        service.second_factor.remove(operator(), found.id)
        click.echo(f"{found.name} signs in with the password alone")


@user.command()
@click.argument("name")
@click.option("--issuer", metavar="URL", default="", help="Address of the provider, as auth.oidc names it.")
@click.option("--subject", metavar="TEXT", default="", help="Who they are there: the claim sub of their token.")
@place_options
def identity(
    name: str, issuer: str, subject: str, data: Path | None, config: Path | None, assignments: Sequence[str]
) -> None:
    """Say whom an OIDC provider knows as whom; without issuer and subject, that it knows them no more."""
    with open_identity(data, config, assignments) as service:
        found = service.users.named(name)
        service.users.set_identity(operator(), found.id, issuer, subject)
        click.echo(f"{found.name} is linked to {subject} of {issuer}" if subject else f"{found.name} is linked no more")


def _set_disabled(
    name: str, data: Path | None, config: Path | None, assignments: Sequence[str], *, disabled: bool
) -> None:
    from vedette.auth.users import UserChange

    with open_identity(data, config, assignments) as service:
        found = service.users.named(name)
        service.users.update(operator(), found.id, UserChange(disabled=disabled))
        click.echo(f"user {found.name} {'disabled' if disabled else 'enabled'}")


def _show_link(token: str) -> None:
    click.echo("open this path on the server, within a day and once:")
    click.echo(f"/setup#{token}")
