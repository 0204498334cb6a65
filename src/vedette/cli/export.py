"""`vedette export`: raw samples of a folder or a running server as Parquet or CSV, a row group at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path

import click

from vedette.cli.export_sources import Source, folder_source, server_source
from vedette.cli.export_tables import open_table
from vedette.cli.moments import parse_moment_ms
from vedette.cli.options import A_PATH, api_key, choice_of, key_file_option, one_of
from vedette.cli.progress import bar
from vedette.clock import SystemClock
from vedette.errors import Conflict
from vedette.model.timerange import TimeRange
from vedette.promql.parser import parse_selector


class Form(StrEnum):
    """How to write."""

    PARQUET = "parquet"
    CSV = "csv"


@click.command()
@click.argument("selector", help='Series to export, such as {job="node"}.')
@click.option("--output", "-o", type=A_PATH, metavar="FILE", required=True, help="File to write.")
@click.option("--data", type=A_PATH, metavar="DIR", help="Folder to read; its server must be stopped.")
@click.option("--url", metavar="URL", help="Running server to read, instead of a folder.")
@key_file_option
@click.option("--start", metavar="MOMENT", default="now-1h", show_default=True, help="First moment.")
@click.option("--end", metavar="MOMENT", default="now", show_default=True, help="Last moment.")
@click.option(
    "--format", "form", type=choice_of(Form), metavar="FORMAT", help="parquet or csv; by the file's name if not given."
)
@click.option("--force", is_flag=True, help="Write over an existing file.")
def export(
    selector: str,
    output: Path,
    data: Path | None,
    url: str | None,
    key_file: Path | None,
    start: str,
    end: str,
    form: str | None,
    force: bool,
) -> None:
    """Write the raw samples of the selected series: a row for each sample, a column for each label.

    Parquet keeps every bit of a value, staleness markers, too; CSV leaves those out. `vedette load` reads both.
    """
    given = one_of(data, url)
    if output.exists() and not force:
        raise Conflict(f"{output} exists already; --force writes over it")
    written = Form(form) if form else Form.CSV if output.suffix == ".csv" else Form.PARQUET
    now_ms = SystemClock().now_ms()
    time_range = TimeRange(parse_moment_ms(start, now_ms), parse_moment_ms(end, now_ms))
    parse_selector(selector)
    opened: AbstractContextManager[Source] = (
        folder_source(given, selector, time_range)
        if isinstance(given, Path)
        else server_source(given, api_key(key_file), selector, time_range)
    )
    beside = output.with_name(output.name + ".part")
    samples = 0
    try:
        with (
            opened as source,
            open_table(beside, written.value, source.label_names) as table,
            bar("exporting") as progress,
        ):
            for done, total, grid in source.grids():
                samples += table.write(grid)
                progress.advance(done, f"{samples:,} samples", total)
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{samples:,} samples written to {output}")
