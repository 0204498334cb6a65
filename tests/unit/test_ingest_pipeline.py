"""Sources and the pipeline over the in-memory store: what is stored, what is dropped and why, what is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.errors import BadData, LimitExceeded, Unavailable
from vedette.ingest.keys import RETRY_S, SWEEP_S
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.protocols import influx, json_samples
from vedette.ingest.report import DropReason
from vedette.ingest.settings import IngestSettings, SeriesLimits
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import IntArray, is_stale
from vedette.model.timerange import ALL_TIME
from vedette.storage.memory import MemoryStorage

NOW_MS = 1_700_000_000_000
PROJECT = "default"


class Room:
    """A pipeline with what it stands on."""

    def __init__(self, storage: MemoryStorage | None = None, **limits: int) -> None:
        self.clock = FakeClock(NOW_MS)
        self.storage = storage or MemoryStorage()
        self.registry = CollectorRegistry()
        self.pipeline = Pipeline(self.storage, self.clock, IngestSettings(series=SeriesLimits(**limits)), self.registry)

    def stored(self) -> dict[str, list[tuple[int, float]]]:
        """All samples by series, in PromQL notation."""
        found = {}
        everything = self.storage.select(PROJECT, [Matcher("__name__", MatchOp.REGEX, ".+")], ALL_TIME)
        for part in everything.parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                times, values = grid.row(index)
                found[str(labels)] = list(zip(times.tolist(), values.tolist(), strict=True))
        return found

    def counter(self, name: str, **labels: str) -> float:
        """The value of one of ingest's counters."""
        return self.registry.get_sample_value(f"vedette_ingest_{name}", labels) or 0.0


@pytest.fixture(params=["compiled", "plain"])
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room with each kind of intern table."""
    if request.param == "compiled":
        pytest.importorskip("vedette.kernel._intern")
    else:
        monkeypatch.setattr("vedette.kernel.WANTED", False)
    return Room()


def test_samples_without_a_timestamp_are_of_now(room: Room) -> None:
    """Given timestamps are kept, missing ones are those of the arrival."""
    source = room.pipeline.source(PROJECT, "exposition")
    written = source.write_exposition(b'a{x="1"} 1\nb 2 5000\n')
    assert room.stored() == {'a{x="1"}': [(NOW_MS, 1.0)], "b": [(5000, 2.0)]}
    assert (written.report.accepted, written.report.new_series, written.scraped, written.kept) == (2, 2, 2, 2)
    # Only the series without a timestamp of its own is the scraper's to end.
    assert len(written.refs) == 1


def test_timestamps_can_be_ignored(room: Room) -> None:
    """honor_timestamps false gives every sample the moment of the scrape."""
    source = room.pipeline.source(PROJECT, "exposition")
    written = source.write_exposition(b"a 1 5000\nb 2\n", default_timestamp_ms=7000, honor_timestamps=False)
    assert room.stored() == {"a": [(7000, 1.0)], "b": [(7000, 2.0)]}
    assert len(written.refs) == 2


def test_a_strict_reader_stores_nothing_of_a_broken_body(room: Room) -> None:
    """A scrape is all or nothing; the complaint names the line."""
    source = room.pipeline.source(PROJECT, "exposition")
    with pytest.raises(BadData, match="line 2: the value is not a number"):
        source.write_exposition(b"a 1\nb x\n", strict=True)
    with pytest.raises(BadData, match="labels do not parse"):
        source.write_exposition(b"a 1\nb{x=1} 2\n", strict=True)
    with pytest.raises(BadData, match="# EOF"):
        source.write_exposition(b"a 1\n", "application/openmetrics-text; version=1.0.0", strict=True)
    assert room.stored() == {}
    assert room.counter("dropped_samples_total", protocol="exposition", reason="malformed") == 3


def test_the_good_part_of_a_broken_push_is_stored(room: Room) -> None:
    """Every dropped line has its reason, its number and its count."""
    source = room.pipeline.source(PROJECT, "exposition")
    report = source.write_exposition(b'a 1\n=\n9name 2\nb{x="1",x="2"} 3\nc 4 soon\nd{y=1} 5\n').report
    assert report.accepted == 1
    assert report.dropped == {
        DropReason.MALFORMED: 3,
        DropReason.INVALID_LABELS: 1,
        DropReason.BAD_TIMESTAMP: 1,
    }
    assert "line 2: no value" in [problem.message for problem in report.problems]
    assert room.stored() == {"a": [(NOW_MS, 1.0)]}


def test_relabelling_runs_once_for_each_new_series(room: Room) -> None:
    """A transform changes and drops series; its verdict is remembered."""
    asked: list[str] = []

    def transform(labels: Labels) -> Labels | None:
        asked.append(labels.name)
        return None if labels.name == "secret" else labels.with_label("job", "x")

    source = room.pipeline.source(PROJECT, "exposition", transform)
    for _ in range(3):
        written = source.write_exposition(b"a 1\nsecret 2\n")
        assert (written.scraped, written.kept) == (2, 1)
        assert written.report.dropped == {DropReason.RELABELLED: 1}
    assert asked == ["a", "secret"]
    assert list(room.stored()) == ['a{job="x"}']


def test_a_series_that_relabelling_makes_equal_is_one_series(room: Room) -> None:
    """Two raw keys may come to one set of labels."""
    source = room.pipeline.source(PROJECT, "exposition", lambda labels: labels.drop(["pod"]))
    source.write_exposition(b'a{pod="1"} 1 1000\na{pod="2"} 2 2000\n')
    assert room.stored() == {"a": [(1000, 1.0), (2000, 2.0)]}


def test_limits_of_labels_are_checked(room: Room) -> None:
    """Too many labels, too long names and values, and missing names are refused with their reason."""
    limits = SeriesLimits(max_labels=3, max_label_name_bytes=8, max_label_value_bytes=6)
    source = room.pipeline.source(PROJECT, "json", limits=limits)
    body = b"""[{"name": "ok", "labels": {"a": "1", "b": "2"}, "value": 1},
        {"name": "many", "labels": {"a": "1", "b": "2", "c": "3"}, "value": 1},
        {"name": "x", "labels": {"even_longer": "1"}, "value": 1},
        {"name": "y", "labels": {"a": "1234567"}, "value": 1},
        {"name": "umlaut", "labels": {"a": "\\u00e4\\u00e4\\u00e4"}, "value": 1},
        {"labels": {"a": "1"}, "value": 1},
        {"name": "z", "labels": {"": "1"}, "value": 1}]"""
    report = source.write(body, json_samples.Options()).report
    assert sorted(room.stored()) == ['ok{a="1", b="2"}', 'umlaut{a="äää"}']
    assert report.dropped == {DropReason.LABEL_LIMIT: 3, DropReason.INVALID_LABELS: 2}


def test_timestamps_outside_of_history_are_refused(room: Room) -> None:
    """Sane timestamps lie in the years 1 to 9999; a seconds-for-nanoseconds mistake does not."""
    source = room.pipeline.source(PROJECT, "influx")
    report = source.write(b"m f=1 1700000000000000000\nm g=2 1700000000\n", influx.Options("s")).report
    assert report.dropped == {DropReason.BAD_TIMESTAMP: 1}
    assert room.stored() == {"m_g": [(1_700_000_000_000, 2.0)]}


def test_series_are_ended_by_staleness_markers(room: Room) -> None:
    """write_stale appends the marker to exactly the given refs."""
    source = room.pipeline.source(PROJECT, "exposition")
    first = source.write_exposition(b"a 1\nb 2\n")
    second = source.write_exposition(b"a 1\n", default_timestamp_ms=NOW_MS + 1000)
    source.write_stale(np.setdiff1d(first.refs, second.refs), NOW_MS + 1000)
    (_, marker) = room.stored()["b"][-1]
    assert is_stale(np.array([marker]))[0]
    assert not is_stale(np.array([room.stored()["a"][-1][1]]))[0]


def test_labels_that_are_final_are_written_as_they_are(room: Room) -> None:
    """write_samples takes one time for all or one for each, and remembers refs."""
    source = room.pipeline.source(PROJECT, "host")
    labels = [Labels.of(__name__="cpu", cpu=str(number)) for number in range(3)]
    source.write_samples(labels, NOW_MS, np.array([1.0, 2.0, 3.0]))
    times = np.array([NOW_MS + 1, NOW_MS + 2, NOW_MS + 3])
    written = source.write_samples(labels, times, np.array([4.0, 5.0, 6.0]))
    assert (written.report.accepted, written.report.new_series) == (3, 0)
    assert room.stored()['cpu{cpu="2"}'] == [(NOW_MS, 3.0), (NOW_MS + 3, 6.0)]
    assert room.counter("samples_total", protocol="host") == 6


def test_a_body_cannot_forge_the_keys_of_a_producer(room: Room) -> None:
    """Series written by labels and series from the wire do not share keys."""
    source = room.pipeline.source(PROJECT, "exposition", lambda labels: labels.with_label("from", "wire"))
    source.write_samples([Labels.of(__name__="up")], NOW_MS, np.array([1.0]))
    report = source.write_exposition(b'{"__name__":"up"} 0\n').report
    assert report.dropped == {DropReason.MALFORMED: 1}


def test_a_sample_limit_refuses_the_whole_scrape(room: Room) -> None:
    """Beyond the limit nothing is stored and everything is counted as dropped for it."""
    source = room.pipeline.source(PROJECT, "exposition")
    with pytest.raises(LimitExceeded, match="3 samples, sample_limit is 2"):
        source.write_exposition(b"a 1\nb 2\nc 3\n", sample_limit=2)
    assert room.stored() == {}
    assert room.counter("dropped_samples_total", protocol="exposition", reason="sample_limit") == 3
    assert source.write_exposition(b"a 1\nb 2\n", sample_limit=2).report.accepted == 2


def test_exemplars_are_counted_and_their_samples_kept(room: Room) -> None:
    """An exemplar is dropped, the sample before it is not."""
    source = room.pipeline.source(PROJECT, "exposition")
    text = b'# TYPE a counter\na_total 1 2.5 # {trace_id="x"} 1.0\n# EOF\n'
    report = source.write_exposition(text, "application/openmetrics-text", strict=True).report
    assert report.dropped == {DropReason.EXEMPLAR: 1}
    assert room.stored() == {"a_total": [(2500, 1.0)]}
    assert room.storage.metadata(PROJECT)["a_total"].type == "counter"


class Forgetful(MemoryStorage):
    """A store that forgets refs when told, as one does with idle series."""

    forgotten: frozenset[int] = frozenset()

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        gone = np.isin(batch.refs, list(self.forgotten))
        keep = ~gone
        report = super().append(project, SampleBatch(batch.refs[keep], batch.timestamps_ms[keep], batch.values[keep]))
        report.unknown = np.flatnonzero(gone)
        return report

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        self.forgotten = frozenset()
        return super().intern(project, labels)


def test_refs_that_the_store_forgot_are_learned_again() -> None:
    """The samples of forgotten series are sent a second time under new refs; nothing is lost or doubled."""
    storage = Forgetful()
    room = Room(storage)
    source = room.pipeline.source(PROJECT, "exposition")
    body = b"a 1\nbad{ 0\nb 2\nc 3\n"
    refs = source.write_exposition(body).refs
    storage.forgotten = frozenset(refs[1:2].tolist())
    written = source.write_exposition(body, default_timestamp_ms=NOW_MS + 1000)
    assert written.report.accepted == 3
    assert written.report.duplicates == 0
    assert sorted(written.refs.tolist()) == sorted(refs.tolist())
    assert room.stored()["b"] == [(NOW_MS, 2.0), (NOW_MS + 1000, 2.0)]


def test_a_store_that_forgets_at_once_is_an_error() -> None:
    """Rather than lose samples silently the sender is told to come again."""

    class Broken(MemoryStorage):
        def append(self, project: str, batch: SampleBatch) -> AppendReport:
            return AppendReport(unknown=np.arange(len(batch)))

    with pytest.raises(Unavailable):
        Room(Broken()).pipeline.source(PROJECT, "exposition").write_exposition(b"a 1\n")


def test_refusals_by_limits_are_asked_again_after_a_while() -> None:
    """A refused series costs nothing until a little later the limit is asked anew."""
    room = Room(max_active_series=2)
    source = room.pipeline.source(PROJECT, "exposition")
    report = source.write_exposition(b"a 1\nb 2\nc 3\n").report
    assert report.dropped == {DropReason.SERIES_LIMIT: 1}
    assert "max_active_series = 2" in report.problems[0].message
    for minute in range(70):
        room.clock.advance_ms(60_000)
        source.write_exposition(b"a 1\nc 3\n")
        assert room.pipeline.usage(PROJECT).active_series <= 2, minute
    room.clock.advance_ms(int(RETRY_S * 1000) + 1)
    # b has been idle for an hour by now, which makes room for c.
    assert source.write_exposition(b"c 3\n").report.dropped == {}


def test_keys_that_nobody_uses_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once an hour a table that is mostly unused is emptied; what lives is looked up anew."""
    monkeypatch.setattr("vedette.ingest.keys.FEW_KEYS", 2)
    room = Room()
    source = room.pipeline.source(PROJECT, "exposition")
    source.write_exposition(b"a 1\nb 2\nc 3\nd 4\n")
    for _ in range(3):
        room.clock.advance_ms(int(SWEEP_S * 1000) + 1)
        assert source.write_exposition(b"a 1\n").report.accepted == 1
    assert source._wire.table.sweep()[1] == 1


def test_what_is_done_is_counted(room: Room) -> None:
    """Requests, samples, drops and time by step are there to be scraped."""
    source = room.pipeline.source(PROJECT, "exposition")
    source.write_exposition(b"a 1\nb x\n")
    source.write_exposition(b"a 1\n")
    assert room.counter("requests_total", protocol="exposition") == 2
    assert room.counter("samples_total", protocol="exposition") == 2
    assert room.counter("duplicate_samples_total", protocol="exposition") == 1
    assert room.counter("new_series_total", protocol="exposition") == 1
    assert room.counter("dropped_samples_total", protocol="exposition", reason="malformed") == 1
    assert room.counter("dropped_samples_total", protocol="exposition", reason="too_old") == 0
    assert room.counter("active_series", project=PROJECT) == 1
    assert room.counter("step_seconds_total", step="append") >= 0


def test_every_protocol_file_is_found() -> None:
    """A protocol is one file with one constant; its name is what sources are asked for by."""
    assert set(Room().pipeline.protocols) == {"exposition", "influx", "json", "remote_write"}


def test_senders_may_share_a_source(room: Room) -> None:
    """Threads that write through one source at the same time lose, double and mix up nothing."""
    source = room.pipeline.source(PROJECT, "exposition")
    rounds, threads = 30, 4

    def send(thread: int) -> int:
        accepted = 0
        for number in range(rounds):
            # Some series are everybody's, some are new in every round.
            body = f'shared{{t="{thread}"}} {thread} {number + 1}\nnew{{n="{number}",t="{thread}"}} {thread} 1\n'
            accepted += source.write_exposition(body.encode()).report.accepted
            if number % 10 == 9:
                source.forget()
        return accepted

    with ThreadPoolExecutor(threads) as executor:
        assert sum(executor.map(send, range(threads))) == 2 * rounds * threads
    stored = room.stored()
    assert len(stored) == threads + rounds * threads
    for thread in range(threads):
        assert stored[f'shared{{t="{thread}"}}'] == [(number + 1, float(thread)) for number in range(rounds)]
        assert stored[f'new{{n="7", t="{thread}"}}'] == [(1, float(thread))]


def test_a_flood_of_new_series_is_learned_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One request cannot keep the process busy with new series; the next one goes on where it ended."""
    monkeypatch.setattr("vedette.ingest.source.MAX_NEW_KEYS_PER_REQUEST", 2)
    source = Room().pipeline.source(PROJECT, "exposition")
    body = b"a 1\nb 2\nc 3\nd 4\ne 5\n"
    reports = [source.write_exposition(body, strict=True).report for _ in range(3)]
    assert [report.accepted for report in reports] == [2, 4, 5]
    assert reports[0].dropped == {DropReason.NEW_SERIES_RATE: 3}
