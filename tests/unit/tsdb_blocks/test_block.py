"""Finding and reading rows of a block, deletions included."""

from __future__ import annotations

import resource
import threading
from itertools import product

import numpy as np
import pytest
from tests.unit.tsdb_blocks.rig import KEY, Data, Project, batches, bits, contents, from_bits, read_bits

from vedette.errors import BadData, Cancelled, Unavailable
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp, matches_all
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import ReadCost, SelectHints
from vedette.tsdb.block import Block
from vedette.tsdb.block_writer import BlockSpec, row_order, write_block
from vedette.tsdb.series_id import series_id


def series(**labels: str) -> Labels:
    return Labels.of(labels)


def many() -> Data:
    """Series of several label schemas, one without a metric name, one with a label that sorts before `__name__`."""
    found: Data = {}
    for number, (metric, host, cpu) in enumerate(product(["cpu", "disk", "up"], ["a", "b", "c"], ["0", "1"])):
        labels = {"__name__": metric, "host": host}
        if metric == "cpu":
            labels["cpu"] = cpu
        if host == "b":
            labels["Zone"] = "z" + cpu
        if metric == "up" and cpu == "1":
            labels = {"__name__": "up"} if host == "a" else {"job": host}
        found[Labels.of(labels)] = {1000 * k: float(number * 10 + k) for k in range(5)}
    return found


MATCHERS = [
    Matcher(name, op, value)
    for name in ("__name__", "host", "cpu", "Zone", "job", "nothing")
    for op, value in [
        (MatchOp.EQUAL, "cpu"),
        (MatchOp.EQUAL, "b"),
        (MatchOp.EQUAL, ""),
        (MatchOp.NOT_EQUAL, "up"),
        (MatchOp.NOT_EQUAL, ""),
        (MatchOp.REGEX, "c.*|b|z."),
        (MatchOp.REGEX, ".*"),
        (MatchOp.NOT_REGEX, "b|cpu|.1"),
        (MatchOp.NOT_REGEX, ".+"),
    ]
]


def test_find_equals_filtering_all_labels(project: Project) -> None:
    """Any pair of matchers finds exactly the series that fulfil both, in row order."""
    block = project.write(many())
    everything = block.labels(block.find(()))
    assert everything == sorted(many(), key=row_order)
    for one, two in product(MATCHERS, MATCHERS):
        rows = block.find((one, two))
        assert (np.diff(rows) > 0).all()
        wanted = [labels for labels in everything if matches_all(labels, (one, two))]
        assert block.labels(rows) == wanted, (str(one), str(two))


def test_names_and_values_are_those_in_use(project: Project) -> None:
    """Label names and values, of all rows and of some."""
    data = many()
    block = project.write(data)
    assert block.label_names() == {name for labels in data for name, _ in labels}
    rows = block.find((Matcher("__name__", MatchOp.EQUAL, "disk"),))
    assert block.label_names(rows) == {"__name__", "host", "Zone"}
    for name in ("__name__", "host", "Zone", "job", "nothing"):
        assert block.label_values(name) == {labels.get(name) for labels in data} - {""}
        chosen = block.labels(rows)
        assert block.label_values(name, rows) == {labels.get(name) for labels in chosen} - {""}
    assert dict(block.series_by_metric()) == {"": 2, "cpu": 6, "disk": 4, "up": 4}


def test_labels_come_from_the_shared_cache(project: Project) -> None:
    """Blocks that share a cache hand out one object for equal labels."""
    first, second = project.write(many()), project.write(many())
    cache: dict[int, Labels] = {}
    one, two = (Block.open(block.folder, cache) for block in (first, second))
    rows = one.find(())
    assert all(a is b for a, b in zip(one.labels(rows), two.labels(rows), strict=True))
    assert len(cache) == len(rows)


def test_rows_are_found_by_id(project: Project) -> None:
    """`rows_of` inverts `ids`; an id that is not there has row -1."""
    block = project.write(many())
    rows = block.find(())
    assert block.rows_of(block.ids[rows[::-1]]).tolist() == rows[::-1].tolist()
    unknown = series_id(KEY, series(__name__="other"))
    assert block.rows_of(np.array([unknown], dtype=np.uint64)).tolist() == [-1]
    for labels, number in zip(block.labels(rows), block.ids.tolist(), strict=True):
        assert series_id(KEY, labels) == number


def test_a_series_outside_the_range_is_not_found(project: Project) -> None:
    """Rows none of whose timestamps can be in the range are left out before anything is decoded."""
    early, late = series(__name__="m", i="early"), series(__name__="m", i="late")
    block = project.write({early: {0: 1.0, 10: 2.0}, late: {100: 1.0, 110: 2.5}})
    assert block.labels(block.find((), TimeRange(11, 105))) == [late]
    assert block.labels(block.find((), TimeRange(10, 10))) == [early]
    assert len(block.find((), TimeRange(111, 999))) == 0
    assert block.sample_counts(block.find(())).tolist() == [2, 2]


def test_only_needed_pages_are_decoded(project: Project) -> None:
    """One hour out of a long row costs about an hour's samples."""
    block = project.write({series(__name__="m"): {t: float(t % 977) for t in range(20_000)}})
    cost = ReadCost()
    columns = block.read(block.find(()), TimeRange(9_000, 9_099), cost=cost)
    assert columns.values.tolist() == [float(t % 977) for t in range(9_000, 9_100)]
    assert 100 <= cost.samples < 2_100
    cost = ReadCost()
    block.read(block.find(()), ALL_TIME, SelectHints(latest_at_ms=10), cost)
    assert cost.samples == 256


def test_the_newest_samples_of_a_block_need_no_page(project: Project) -> None:
    """A latest read behind the end of a row is answered from the index; one that ends before decodes the page."""
    odd = from_bits(0x7FF4_0000_0000_BEEF)
    data: Data = {
        series(__name__="m", i="0"): {t: float(t % 977) for t in range(5000)},
        series(__name__="m", i="1"): {t: -0.0 if t == 4999 else float(t % 7) for t in range(5000)},
        series(__name__="m", i="2"): {t * 3 + t % 2: odd if t == 99 else t / 3 for t in range(100)},
        series(__name__="m", i="3"): {3: 2.5},
    }
    block = project.write(data)
    rows = block.find(())[::-1]
    expected = [list(bits(data)[labels].values())[-1] for labels in block.labels(rows)]
    cost = ReadCost()
    newest = block.read(rows, TimeRange(0, 9999), SelectHints(latest_at_ms=6000), cost)
    assert newest.values.view(np.uint64).tolist() == expected
    assert newest.timestamps_ms[newest.vector_starts[newest.row_vector]].tolist() == [3, 298, 4999, 4999]
    assert (cost.chunks, cost.samples) == (0, 4)
    recent = block.read(rows, TimeRange(299, 9999), SelectHints(latest_at_ms=6000))
    assert np.diff(recent.starts).tolist() == [0, 0, 1, 1]
    block.delete(rows[3:], TimeRange(4990, 4999))
    cost = ReadCost()
    newest = block.read(rows, ALL_TIME, SelectHints(latest_at_ms=4999), cost)
    assert newest.values.view(np.uint64).tolist() == [*expected[:3], np.float64(4989 % 977).view(np.uint64)]
    assert cost.chunks == 1


def test_deleted_samples_are_hidden_at_once_and_after_reopening(project: Project) -> None:
    """Deletion hides exactly the range, from reads, from the newest sample, and whole series from `find`."""
    one, two, three = (series(__name__="m", i=str(i)) for i in range(3))
    data: Data = {one: {t: float(t) for t in range(100)}, two: {t: t / 8 for t in range(100)}, three: {5: 1.0, 6: 2.0}}
    block = project.write(data)
    rows = block.find(())
    assert block.delete(rows[:1], TimeRange(10, 19)) == 1
    assert block.delete(rows[:2], TimeRange(18, 30)) == 2
    assert block.delete(rows[2:], TimeRange(0, 50)) == 1
    assert block.delete(rows[2:], TimeRange(70, 90)) == 0
    del data[three]
    data[one] = {t: v for t, v in data[one].items() if not 10 <= t <= 30}
    data[two] = {t: v for t, v in data[two].items() if not 18 <= t <= 30}
    for opened in (block, Block.open(block.folder)):
        assert contents(opened) == bits(data)
        assert opened.labels(opened.find(())) == [one, two]
        assert read_bits(opened, rows, TimeRange(5, 25)) == bits(
            {labels: {t: v for t, v in samples.items() if 5 <= t <= 25} for labels, samples in data.items()}
        )
        newest = opened.read(rows, ALL_TIME, SelectHints(latest_at_ms=25))
        assert newest.timestamps_ms[newest.vector_starts[newest.row_vector[:2]]].tolist() == [9, 17]
        assert newest.values.tolist() == [9.0, 17 / 8]
        assert 0.1 < opened.hidden_share() < 0.2


def test_rows_out_of_order_are_refused_and_leave_nothing(project: Project) -> None:
    """The writer checks what searching relies on, and cleans up after itself."""
    made = batches({series(__name__="m", i=str(i)): {0: 1.0} for i in range(6)})
    with pytest.raises(BadData, match="ascend"):
        write_block(project.files, made[::-1], BlockSpec(project.new_id(), 1))
    with pytest.raises(BadData, match="ascend"):
        write_block(project.files, [*made, made[-1]], BlockSpec(project.new_id(), 1))
    assert not list(project.files.temporary.iterdir())
    assert not list(project.files.blocks.iterdir())


def test_writing_can_be_stopped_and_survives_a_full_disk(project: Project) -> None:
    """A stop leaves nothing; an operating-system error is told as Unavailable."""
    made = batches({series(__name__="m", i=str(i)): {0: 1.0, 1: 2.0} for i in range(6)})
    with pytest.raises(Cancelled):
        write_block(project.files, made, BlockSpec(project.new_id(), 1), should_stop=lambda: True)
    assert not list(project.files.temporary.iterdir())
    block_id = project.new_id()
    project.files.temporary.rmdir()
    project.files.temporary.write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match=block_id):
        write_block(project.files, made, BlockSpec(block_id, 1))
    assert not list(project.files.blocks.iterdir())


def test_a_disk_that_fills_up_while_writing_leaves_nothing(project: Project) -> None:
    """The file that cannot grow any more is removed with its folder; what was there before stays readable."""
    noise = np.random.default_rng(1).normal(size=(9, 3000)).tolist()
    data: Data = {series(__name__="m", i=str(i)): dict(enumerate(row)) for i, row in enumerate(noise)}
    before = project.write({series(__name__="m"): {1: 2.0}})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(Unavailable, match="cannot be written"):
            write_block(project.files, batches(data), BlockSpec(project.new_id(), 2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(project.files.temporary.iterdir())
    assert [path.name for path in project.files.blocks.iterdir()] == [before.meta.block_id]
    assert contents(Block.open(before.folder)) == bits({series(__name__="m"): {1: 2.0}})


def test_nothing_to_write_makes_no_block(project: Project) -> None:
    """Without a sample there is no block and no trace of one."""
    empty = batches({series(__name__="m", i=str(i)): {} for i in range(4)})
    assert write_block(project.files, empty, BlockSpec(project.new_id(), 1)) is None
    assert not list(project.files.temporary.iterdir())


def test_two_threads_read_the_same_block(project: Project) -> None:
    """Reads from several threads give what one gives."""
    data: Data = {series(__name__="m", i=str(i)): {t: t * i / 4 for t in range(3000)} for i in range(40)}
    block = project.write(data, batch_rows=40)
    rows = block.find(())
    expected = block.read(rows).values
    wrong: list[bool] = []

    def work() -> None:
        fresh = Block.open(block.folder)
        wrong.extend(not np.array_equal(one.read(rows).values, expected) for one in (block, fresh) * 10)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [False] * 60
