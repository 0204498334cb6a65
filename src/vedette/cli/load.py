"""`vedette load`: back-fill files of any age into a folder or a running server; an interrupted load can go on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import click

from vedette.cli.load_state import InputState, StateFile
from vedette.cli.options import (
    A_PATH,
    api_key,
    choice_of,
    config_option,
    key_file_option,
    load_settings,
    one_of,
    set_option,
)
from vedette.cli.progress import bar
from vedette.errors import BadData, NotFound
from vedette.ingest.backfill.media import Media, Piece, media_of, open_input, pieces, total_size
from vedette.ingest.report import DropReason, IngestReport, Problem

_SAMPLES_PER_BLOCK = 4_000_000
_STDIN = "-"


class Target(Protocol):
    """Where pieces go."""

    def add(self, piece: Piece, metric: str) -> IngestReport:
        """Take in a piece; it is durable after the next `flush`."""
        ...

    def is_full(self) -> bool:
        """Whether it is time to flush."""
        ...

    def flush(self) -> None:
        """Make everything durable."""
        ...


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", help="Files to load; - is standard input.")
@click.option("--data", type=A_PATH, metavar="DIR", help="Folder to load into; its server must be stopped.")
@click.option("--url", metavar="URL", help="Running server to load into, instead of a folder.")
@key_file_option
@click.option(
    "--format",
    "form",
    type=choice_of(Media),
    metavar="FORMAT",
    help="openmetrics, text, csv or parquet; by the name if not given.",
)
@click.option("--metric", metavar="NAME", help="Metric name for tables that have no column for it.")
@click.option(
    "--state",
    type=A_PATH,
    metavar="FILE",
    default="vedette-load.state",
    show_default=True,
    help="File that remembers how far the load has come.",
)
@config_option
@set_option
def load(
    files: Sequence[str],
    data: Path | None,
    url: str | None,
    key_file: Path | None,
    form: str | None,
    metric: str | None,
    state: Path,
    config: Path | None,
    assignments: Sequence[str],
) -> None:
    """Load OpenMetrics text, Prometheus text, CSV or Parquet files, however old their samples are.

    Tables have a row for each sample: a column timestamp_ms (milliseconds) or timestamp (ISO 8601, or seconds since
    1970), a column value, and a column for each label. Samples that are stored already stay as they are. When a load
    is interrupted, the same command goes on where the last durable block ended.
    """
    given = one_of(data, url)
    report = IngestReport()
    settings = load_settings(config, assignments, {})
    inputs = [(name, Media(form) if form else _media(name)) for name in files]
    from vedette.cli.load_targets import folder_target, server_target

    opened: AbstractContextManager[Target] = (
        folder_target(given, settings.require(), _SAMPLES_PER_BLOCK)
        if isinstance(given, Path)
        else server_target(given, api_key(key_file))
    )
    progress_file = StateFile(state, str(given.resolve()) if isinstance(given, Path) else given)
    with opened as target:
        _Load(target, progress_file, metric or "", report).run(inputs)
    progress_file.remove()
    _tell(report)


class _Load:
    def __init__(self, target: Target, state: StateFile, metric: str, report: IngestReport) -> None:
        self._target = target
        self._state = state
        self._metric = metric
        self._report = report
        # Positions that become true with the next flush.
        self._reached: list[tuple[InputState, int, bool]] = []

    def run(self, inputs: list[tuple[str, Media]]) -> None:
        try:
            for name, media in inputs:
                self._input(name, media)
        finally:
            # Also what came before an error is worth keeping.
            self._flush()

    def _input(self, name: str, media: Media) -> None:
        if name == _STDIN:
            for piece in pieces(sys.stdin.buffer, media):
                self._add(piece, name)
            return
        path = Path(name)
        known = self._state.begin(path)
        if known.done:
            return
        with bar(path.name, total_size(path, media)) as progress, _opened(path) as file:
            progress.advance(known.position)
            for piece in pieces(file, media, known.position):
                self._add(piece, name)
                self._reached.append((known, piece.position, False))
                progress.advance(piece.size, f"{self._report.accepted:,} samples")
                if self._target.is_full():
                    self._flush()
        self._reached.append((known, known.position, True))

    def _add(self, piece: Piece, name: str) -> None:
        try:
            report = self._target.add(piece, self._metric)
        except BadData as error:
            raise BadData(f"{name}: {error.message}") from None
        _merge(report, self._report, name)

    def _flush(self) -> None:
        self._target.flush()
        for known, position, done in self._reached:
            known.position = max(known.position, position)
            known.done = known.done or done
        self._reached.clear()
        self._state.save()


def _merge(new: IngestReport, total: IngestReport, name: str) -> None:
    total.accepted += new.accepted
    for reason, count in new.dropped.items():
        total.dropped[reason] = total.dropped.get(reason, 0) + count
    for problem in new.problems[: total.max_problems - len(total.problems)]:
        total.problems.append(Problem(problem.reason, f"{name}: {problem.message}", problem.position))


def _media(name: str) -> Media:
    if name == _STDIN:
        raise BadData("say with --format what standard input is")
    if not Path(name).is_file():
        raise NotFound(f"there is no file {name}")
    return media_of(Path(name))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with open_input(path) as file:
        yield file


def _tell(report: IngestReport) -> None:
    click.echo(f"{report.accepted:,} samples loaded")
    for reason, count in sorted(report.dropped.items(), key=lambda item: -item[1]):
        hint = " (older than tsdb.retention, which --set can raise)" if reason is DropReason.TOO_OLD else ""
        click.echo(f"{count:,} dropped: {reason.value}{hint}", err=True)
    for problem in report.problems:
        if problem.reason is not DropReason.TOO_OLD:
            click.echo(f"  {problem.message}", err=True)
