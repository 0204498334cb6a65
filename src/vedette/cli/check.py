"""`vedette check`: everything that is wrong with settings, rule files or Alertmanager's, without starting anything."""

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
    """Name every error of settings and scrape configuration with its place; exit code 3 when there is one."""
    loaded = load_settings(file or config, assignments, {})
    for problem in loaded.problems:
        click.echo(str(problem), err=True)
    if loaded.problems:
        raise click.exceptions.Exit(exit_code_of(BadData("")))
    jobs = _scrape_jobs(loaded.require().scrape.config_file)
    for key, place in sorted(loaded.sources.items()):
        click.echo(f"{key} is set by {place}")
    if jobs is not None:
        click.echo(f"scrape jobs: {', '.join(jobs) or 'none'}")
    click.echo("settings: ok")


def _scrape_jobs(path: Path | None) -> list[str] | None:
    """The jobs of the scrape configuration, None when there is no such file. Raises BadData with all its errors."""
    if path is None:
        return None
    from vedette.scrape.config.file import load_config
    from vedette.scrape.discovery.kind import find_kinds

    read = load_config(path.absolute(), find_kinds())
    for warning in read.warnings:
        click.echo(warning, err=True)
    return [job.name for job in read.jobs]


@check.command()
@click.argument("files", type=A_PATH, nargs=-1, required=True)
def rules(files: Sequence[Path]) -> None:
    """Name every error of Prometheus rule files with its line; exit code 3 when there is one."""
    from vedette.rules.compiled import Defaults
    from vedette.rules.file import read_rule_file

    failed = False
    for path in files:
        click.echo(f"Checking {path}")
        try:
            read = read_rule_file(path, Defaults())
            problems = [f"{path}: {finding}" for finding in read.findings]
        except BadData as error:
            problems = [error.message]
        if problems:
            failed = True
            click.echo("  FAILED:", err=True)
            for problem in problems:
                click.echo(f"    {problem}", err=True)
            continue
        for duplicate in read.duplicates:
            click.echo(f"  WARNING: {duplicate} is there more than once", err=True)
        click.echo(f"  SUCCESS: {sum(len(group.source.rules) for group in read.groups)} rules found")
    if failed:
        raise click.exceptions.Exit(exit_code_of(BadData("")))


@check.command()
@click.argument("files", type=A_PATH, nargs=-1, required=True)
def alertmanager(files: Sequence[Path]) -> None:
    """Name every error of an alertmanager.yml with its line, and what an import would leave out or change.

    Exit code 3 when there is an error.
    """
    from vedette.alerting.alertmanager_file import read_alertmanager
    from vedette.server.notification_templates import NotificationTemplates

    failed = False
    for path in files:
        click.echo(f"Checking {path}")
        try:
            read = read_alertmanager(path.read_text(encoding="utf-8"), NotificationTemplates())
            errors, notes, count = read.errors, read.notes, len(read.documents)
        except BadData as error:
            errors, notes, count = (error.message,), (), 0
        except (OSError, UnicodeDecodeError) as error:
            errors, notes, count = (f"cannot be read: {error}",), (), 0
        for note in notes:
            click.echo(f"  {note}")
        for problem in errors:
            click.echo(f"  {path}: {problem}", err=True)
        failed = failed or bool(errors)
        click.echo("  FAILED" if errors else f"  SUCCESS: {count} documents")
    if failed:
        raise click.exceptions.Exit(exit_code_of(BadData("")))
