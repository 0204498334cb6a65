"""`vedette verify`: every checksum, sample and log record of a folder; repairs by putting aside what is damaged."""

from __future__ import annotations

from pathlib import Path

import click

from vedette.cli.errors import DAMAGED
from vedette.cli.moments import print_moment
from vedette.cli.options import A_PATH
from vedette.cli.progress import bar
from vedette.clock import SystemClock
from vedette.errors import NotFound
from vedette.tsdb import repair as blocks
from vedette.tsdb.files import StoreFiles, new_block_id
from vedette.tsdb.lock import FolderLock
from vedette.tsdb.root_files import repair_metadata, verify_metadata, verify_root
from vedette.tsdb.wal_check import LogReport, repair_log, verify_log


@click.command()
@click.option("--data", type=A_PATH, metavar="DIR", default="data", show_default=True, help="Folder to verify.")
@click.option("--repair", is_flag=True, help="Put what is damaged aside and keep the rest; the server must be stopped.")
def verify(data: Path, repair: bool) -> None:
    """Check every checksum, decode every sample of all blocks and read the whole log; a running server does not mind.

    Exit code 8 when something is damaged and was not repaired. What --repair puts aside is kept in the folder
    quarantine of its project. A log that breaks off in the middle of a batch is normal after a kill and no error.
    """
    files = StoreFiles(data)
    if not files.projects.is_dir():
        raise NotFound(f"{data} is no data folder of Vedette")
    # Without format and key nothing else can be judged, and least of all moved.
    lost = verify_root(files)
    if lost:
        click.echo("\n".join(lost), err=True)
        raise click.exceptions.Exit(DAMAGED)
    metadata, found, log = verify_metadata(files), _checked(files), _checked_log(files)
    click.echo(f"{found.blocks} blocks, {found.samples:,} samples, {found.bytes:,} bytes verified")
    click.echo(
        f"{log.segments} log segments, {log.records:,} records, {log.samples:,} samples, {log.bytes:,} bytes read"
    )
    findings = [*metadata, *map(_in_words, found.findings), *(finding.text for finding in log.findings)]
    for text in findings:
        click.echo(text, err=True)
    damaged = bool(metadata or found.findings or log.damaged)
    if repair and findings:
        _repair(files, found.findings)
        damaged = verify_log(files).damaged
    elif damaged:
        click.echo("run with --repair to put what is damaged aside and keep the rest", err=True)
    if damaged:
        raise click.exceptions.Exit(DAMAGED)


def _repair(files: StoreFiles, findings: list[blocks.Finding]) -> None:
    lock = FolderLock(files.lock)
    try:
        clock = SystemClock()
        for step in blocks.repair(files, findings, lambda: new_block_id(clock.now_ms())):
            click.echo(step)
        for step in [*repair_metadata(files), *repair_log(files)]:
            click.echo(step)
    finally:
        lock.release()


def _checked(files: StoreFiles) -> blocks.Report:
    with bar("verifying") as progress_bar:
        done_bytes = 0

        def show(progress: blocks.Progress) -> None:
            nonlocal done_bytes
            progress_bar.advance(progress.done_bytes - done_bytes, progress.block_id, progress.total_bytes)
            done_bytes = progress.done_bytes

        return blocks.verify(files, show)


def _checked_log(files: StoreFiles) -> LogReport:
    with bar("reading the log") as progress_bar:
        return verify_log(files, lambda name, size, total: progress_bar.advance(size, name, total))


def _in_words(finding: blocks.Finding) -> str:
    lost = "all of it is lost" if not finding.readable else f"{finding.series} series lose samples"
    times = ""
    if finding.time_range is not None:
        times = f", of {print_moment(finding.time_range.start_ms)} to {print_moment(finding.time_range.end_ms)}"
    problems = "".join(f"\n  {problem}" for problem in finding.problems)
    return f"block {finding.block_id} of project {finding.project} is damaged: {lost}{times}{problems}"
