"""Back-fill takes whatever bytes come: each body is stored, dropped in part with reasons, or refused in words."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.errors import BadData, LimitExceeded
from vedette.exposition.cells import csv_cell, from_plain_cell, plain_cell
from vedette.ingest.backfill.loader import Loader
from vedette.ingest.backfill.media import Media, pieces
from vedette.ingest.settings import IngestSettings
from vedette.model.timerange import ALL_TIME
from vedette.storage.memory import MemoryStorage
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

NOW_MS = 1_700_000_000_000


def parquet() -> bytes:
    """A small right file."""
    out = io.BytesIO()
    columns = {"__name__": ["a", "b"] * 50, "timestamp_ms": list(range(100)), "value": [float(at) for at in range(100)]}
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


BODIES = {
    Media.TEXT: b'a{b="c"} 1 1000\n# TYPE a gauge\nd 2.5\n',
    Media.OPENMETRICS: b'a{b="c"} 1 1.5\nd NaN 2\n# EOF\n',
    Media.CSV: b"__name__,host,timestamp,value\na,x,1,2\nb,,2.5,NaN\n",
    Media.PARQUET: parquet(),
}


@given(
    media=st.sampled_from(list(Media)),
    edits=st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 2**16),
)
@settings(max_examples=300, deadline=None)
def test_damaged_bodies_are_refused_in_words(media: Media, edits: list[tuple[int, int]], cut: int) -> None:
    """Flipped and missing bytes give BadData or a report, nothing else."""
    body = bytearray(BODIES[media])
    for place, value in edits:
        body[place % len(body)] = value
    body = body[: max(1, cut % (2 * len(body)))]
    with suppress(BadData, LimitExceeded):
        assert LOADER.add(media, bytes(body)).accepted >= 0


class Sink(MemoryStorage):
    """A store for what is never flushed: only decoding is looked at."""

    def import_block(self, _project: str, _batches: object) -> int:
        """Nothing comes."""
        return 0


LOADER = Loader(Sink(), FakeClock(NOW_MS), IngestSettings(), "p")


@given(
    text=st.lists(st.sampled_from(["a 1 1\n", 'b{c="d"} 2 2\n', "# HELP a x\n"]), max_size=50).map("".join),
    size=st.integers(1, 64),
)
@settings(max_examples=100, deadline=None)
def test_pieces_are_whole_lines_and_leave_nothing_out(text: str, size: int) -> None:
    """Joined, the pieces of a text are the text; each position is where its piece ends."""

    class Slow(io.BytesIO):
        def read(self, _count: int | None = -1) -> bytes:
            return super().read(size)

    found = list(pieces(Slow(text.encode()), Media.TEXT))
    assert b"".join(piece.body for piece in found).decode() == text
    assert all(piece.body.endswith(b"\n") for piece in found)
    assert [piece.position for piece in found] == list(np.cumsum([len(piece.body) for piece in found]))


FORMULAS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n\0"
hostile = st.text(st.one_of(st.sampled_from(FORMULAS + " ',;\"\u00a0"), st.characters(codec="utf-8")), max_size=20)


@given(hostile)
def test_cells_read_back(text: str) -> None:
    """What is written for a spreadsheet is read as it was, and never begins a formula, behind white space neither."""
    cell = plain_cell(text)
    assert from_plain_cell(cell) == text
    assert not cell.lstrip().startswith(tuple(FORMULAS))
    assert not cell.startswith(tuple("\t\r\n"))


@given(st.lists(hostile, min_size=1, max_size=4))
def test_rows_of_texts_keep_their_cells(texts: list[str]) -> None:
    """Separators, quotation marks and line ends within a text are its own."""
    line = ",".join(map(csv_cell, texts)) + "\r\n"
    assert list(csv.reader(io.StringIO(line, newline=""))) == [[plain_cell(text) for text in texts]]


def test_the_last_of_several_samples_at_one_moment_wins(tmp_path: Path) -> None:
    """Within a load later lines win, and every series comes out sorted by time."""
    store = Tsdb(tmp_path, TsdbSettings(background=False), FakeClock(NOW_MS), CollectorRegistry())
    loader = Loader(store, FakeClock(NOW_MS), IngestSettings(), "p")
    loader.add(Media.TEXT, b"b 1 3000\nb 2 1000\na 5 1000\nb 3 3000\n")
    assert loader.flush() == 3
    selection = store.select("p", [], ALL_TIME)
    found = {}
    for part in selection.parts:
        grid = part.load()
        for offset, labels in enumerate(grid.labels):
            times, values = grid.row(offset)
            found[labels.name] = list(zip(times.tolist(), values.tolist(), strict=True))
    assert found == {"a": [(1000, 5.0)], "b": [(1000, 2.0), (3000, 3.0)]}
    store.close()
