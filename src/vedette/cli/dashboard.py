"""`vedette dashboard`: what would become of dashboards of Grafana, and files of ours made from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vedette.cli.errors import exit_code_of
from vedette.cli.options import A_PATH
from vedette.errors import BadData

if TYPE_CHECKING:
    from vedette.dashboards.grafana.convert import Imported


@click.group()
def dashboard() -> None:
    """Dashboards as files."""


@dashboard.command("import")
@click.argument("files", type=A_PATH, nargs=-1, required=True, metavar="FILE...", help="JSON that Grafana exported.")
@click.option("--out", type=A_PATH, metavar="DIR", help="Write dashboards of ours there, such as may be provisioned.")
def import_(files: Sequence[Path], out: Path | None) -> None:
    """Read dashboards that Grafana exported and tell what is taken over, changed and left out.

    Nothing is sent anywhere. Exit code 3 when a file is no such dashboard; the others are read all the same.
    """
    from vedette.dashboards.grafana.convert import import_dashboard

    failed: BadData | None = None
    for path in files:
        try:
            imported = import_dashboard(_read(path))
        except BadData as error:
            click.echo(f"{path}: {error.message}", err=True)
            failed = error
            continue
        _tell(path, imported)
        if out is not None:
            click.echo(f"  written to {_write(out, path, imported)}")
    if failed is not None:
        raise click.exceptions.Exit(exit_code_of(failed))


def _read(path: Path) -> dict[str, Any]:
    import msgspec

    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"cannot be read: {error}") from None


def _tell(path: Path, imported: Imported) -> None:
    report = imported.report
    panels, queries = report.panels, report.queries
    click.echo(f"{path}: {imported.name}")
    click.echo(f"  panels: {panels.taken} taken, {panels.changed} changed, {panels.left} left out")
    click.echo(f"  queries: {queries.taken} taken, {queries.changed} changed, {queries.left} left out")
    for note in report.notes:
        where = f"{note.panel}: " if note.panel else ""
        click.echo(f"  {note.result}: {where}{note.what}: {note.why}")


def _write(out: Path, source: Path, imported: Imported) -> Path:
    import msgspec

    from vedette.dashboards.check import as_spec

    out.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", source.stem).strip("-")[:64] or "dashboard"
    target, again = out / f"{stem}.json", 1
    while target.exists():
        again += 1
        target = out / f"{stem}-{again}.json"
    content = {"name": imported.name, "spec": as_spec(imported.dashboard)}
    target.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return target
