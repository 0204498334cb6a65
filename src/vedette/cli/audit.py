"""`vedette audit`: who did what, and whether the log of it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from vedette.catalog.records import AuditEntry
from vedette.cli.errors import DAMAGED
from vedette.cli.identity import open_identity, place_options
from vedette.cli.moments import parse_moment_ms, print_moment
from vedette.clock import SystemClock

_AT_ONCE = 1000


@click.group()
def audit() -> None:
    """The log of who did what, when, from where and with what result."""


@audit.command()
@place_options
def verify(data: Path | None, config: Path | None, assignments: Sequence[str]) -> None:
    """Recompute the chain of hashes; exit code 8 when a line was changed or is missing."""
    with open_identity(data, config, assignments) as service:
        problems = service.audit.verify()
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(DAMAGED)
    click.echo("the audit log is whole")


@audit.command("list")
@click.option("--start", metavar="MOMENT", help="First moment, such as now-1d.")
@click.option("--end", metavar="MOMENT", help="Last moment.")
@click.option("--actor", metavar="NAME", default="", help="Who did it.")
@click.option("--action", metavar="ACTION", default="", help="What was done; with a dot at its end all that begin so.")
@click.option("--project", metavar="PROJECT", help="Where.")
@click.option("--result", type=click.Choice(["ok", "refused", "failed"]), help="With what result.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Newest lines.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each line, with the hashes.")
@place_options
def list_lines(
    start: str | None,
    end: str | None,
    actor: str,
    action: str,
    project: str | None,
    result: str | None,
    limit: int,
    as_json: bool,
    data: Path | None,
    config: Path | None,
    assignments: Sequence[str],
) -> None:
    """Lines of the log, newest first."""
    from vedette.catalog.audit_log import AuditFilter

    now_ms = SystemClock().now_ms()
    wanted = AuditFilter(
        since_ms=parse_moment_ms(start, now_ms) if start else 0,
        until_ms=parse_moment_ms(end, now_ms) + 1 if end else 0,
        actor=actor,
        action=action,
        project=project,
        result=result or "",
    )
    with open_identity(data, config, assignments) as service:
        before_seq, left = 0, limit
        while left:
            found = service.audit.search(wanted, min(left, _AT_ONCE), before_seq)
            for entry in found:
                click.echo(msgspec.json.encode(entry).decode() if as_json else _in_words(entry))
            left -= len(found)
            if len(found) < _AT_ONCE:
                break
            before_seq = found[-1].seq


def _in_words(entry: AuditEntry) -> str:
    who = f"{entry.actor_kind} {entry.actor}".strip()
    where = f" from {entry.address}" if entry.address else ""
    what = f"{entry.object_kind} {entry.object_id}".strip()
    detail = msgspec.json.encode(entry.detail).decode() if entry.detail else ""
    words = [print_moment(entry.time_ms), entry.result, f"{who}{where}:", entry.action, what, entry.project, detail]
    return " ".join(word for word in words if word)
