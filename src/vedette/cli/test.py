"""`vedette test rules`: unit tests of rules in promtool's format."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vedette.cli.options import A_PATH
from vedette.errors import VedetteError

if TYPE_CHECKING:
    from vedette.clock import FakeClock
    from vedette.storage.interface import Storage


@click.group()
def test() -> None:
    """Test files against data that they bring."""


@test.command()
@click.argument("files", type=A_PATH, nargs=-1, required=True)
@click.option("--run", "patterns", multiple=True, metavar="REGEX", help="Only tests whose name has a match.")
def rules(files: Sequence[Path], patterns: Sequence[str]) -> None:
    """Run unit tests of rules in promtool's format; exit code 1 when one fails."""
    from vedette.model.matcher import compile_regex
    from vedette.rules.trial import read_trials, run_trials

    programs = [compile_regex(f".*(?:{pattern}).*") for pattern in patterns]
    failed = False
    for path in files:
        click.echo(f"Unit Testing:  {path}")
        try:
            read = read_trials(path)
            for warning in read.warnings:
                click.echo(f"  WARNING: {warning}", err=True)
            with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
                stores = _Stores(Path(folder))
                failures = run_trials(
                    read, stores.make, lambda name: not programs or any(each.fullmatch(name) for each in programs)
                )
        except VedetteError as error:
            failures = error.message.splitlines()
        if failures:
            failed = True
            click.echo("  FAILED:", err=True)
            for failure in failures:
                click.echo(f"    {failure}", err=True)
        else:
            click.echo("  SUCCESS")
        click.echo()
    if failed:
        raise click.exceptions.Exit(1)


class _Stores:
    """Real ones, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def make(self, clock: FakeClock) -> Storage:
        """An empty one."""
        from prometheus_client import CollectorRegistry

        from vedette.tsdb.db import Tsdb
        from vedette.tsdb.settings import TsdbSettings

        self._made += 1
        settings = TsdbSettings(durability="interval", background=False, retention_ms=0)
        return Tsdb(self._folder / str(self._made), settings, clock, CollectorRegistry())
