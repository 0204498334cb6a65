"""`vedette verify`: every checksum and every sample of a folder; repairs by putting aside what is damaged."""

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


@click.command()
@click.option("--data", type=A_PATH, metavar="DIR", default="data", show_default=True, help="Folder to verify.")
@click.option("--repair", is_flag=True, help="Put damaged blocks aside and keep the rest; the server must be stopped.")
def verify(data: Path, repair: bool) -> None:
    """Check every checksum and decode every sample of all blocks; a running server does not mind.

    Exit code 8 when something is damaged and was not repaired. What --repair puts aside is kept in the folder
    quarantine of its project.
    """
    files = StoreFiles(data)
    if not files.projects.is_dir():
        raise NotFound(f"{data} is no data folder of Vedette")
    report = _checked(files)
    click.echo(f"{report.blocks} blocks, {report.samples:,} samples, {report.bytes:,} bytes verified")
    for finding in report.findings:
        click.echo(_in_words(finding), err=True)
    if not report.findings:
        return
    if not repair:
        click.echo("run with --repair to put what is damaged aside and keep the rest", err=True)
        raise click.exceptions.Exit(DAMAGED)
    lock = FolderLock(files.lock)
    try:
        clock = SystemClock()
        for step in blocks.repair(files, report.findings, lambda: new_block_id(clock.now_ms())):
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


def _in_words(finding: blocks.Finding) -> str:
    lost = "all of it is lost" if not finding.readable else f"{finding.series} series lose samples"
    times = ""
    if finding.time_range is not None:
        times = f", of {print_moment(finding.time_range.start_ms)} to {print_moment(finding.time_range.end_ms)}"
    problems = "".join(f"\n  {problem}" for problem in finding.problems)
    return f"block {finding.block_id} of project {finding.project} is damaged: {lost}{times}{problems}"
