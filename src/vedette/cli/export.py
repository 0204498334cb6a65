"""`vedette export`: raw samples of a folder or a running server as Parquet or CSV, a row group at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.export_sources import Source, folder_source, server_source
from vedette.cli.export_tables import open_table
from vedette.cli.moments import parse_moment_ms
from vedette.cli.progress import bar
from vedette.clock import SystemClock
from vedette.errors import BadData, Conflict
from vedette.model.timerange import TimeRange
from vedette.promql.parser import parse_selector


class Form(StrEnum):
    """How to write."""

    PARQUET = "parquet"
    CSV = "csv"


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("export")(export)


def export(
    selector: Annotated[str, typer.Argument(help='Series to export, such as {job="node"}.', metavar="SELECTOR")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.", metavar="FILE")],
    data: Annotated[
        Path | None, typer.Option(help="Folder to read; its server must be stopped.", metavar="DIR")
    ] = None,
    url: Annotated[str, typer.Option(help="Running server to read, instead of a folder.", metavar="URL")] = "",
    start: Annotated[str, typer.Option(help="First moment.", metavar="MOMENT")] = "now-1h",
    end: Annotated[str, typer.Option(help="Last moment.", metavar="MOMENT")] = "now",
    form: Annotated[
        Form | None, typer.Option("--format", help="parquet or csv; by the file's name if not given.", metavar="FORMAT")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write the raw samples of the selected series: a row for each sample, a column for each label.

    Parquet keeps every bit of a value, staleness markers, too; CSV leaves those out. `vedette load` reads both.
    """
    if bool(data) == bool(url):
        raise BadData("give either --data DIR or --url URL")
    if output.exists() and not force:
        raise Conflict(f"{output} exists already; --force writes over it")
    form = form or (Form.CSV if output.suffix == ".csv" else Form.PARQUET)
    now_ms = SystemClock().now_ms()
    time_range = TimeRange(parse_moment_ms(start, now_ms), parse_moment_ms(end, now_ms))
    parse_selector(selector)
    opened: AbstractContextManager[Source] = (
        folder_source(data, selector, time_range) if data else server_source(url, selector, time_range)
    )
    beside = output.with_name(output.name + ".part")
    samples = 0
    try:
        with (
            opened as source,
            open_table(beside, form.value, source.label_names) as table,
            bar("exporting") as progress,
        ):
            for done, total, grid in source.grids():
                samples += table.write(grid)
                progress.advance(done, f"{samples:,} samples", total)
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
    typer.echo(f"{samples:,} samples written to {output}")
