"""The storage contract: what every store promises about samples."""

from __future__ import annotations

import struct
import threading

import numpy as np
import pytest
from tests.contract.ask import ask, bits, expected, match, put
from tests.contract.conftest import NOW_MS, Bench

from vedette.errors import Unavailable
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.special import STALE_NAN
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import SelectHints

UP = Labels.of(__name__="up", job="a")
DOWN = Labels.of(__name__="up", job="b")


def test_appended_samples_are_selected_with_every_bit(bench: Bench) -> None:
    """Values come back with the bits they had: NaN payloads, both zeros, infinities, subnormals."""
    odd_nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8_DEAD_BEEF_0001))[0]
    values = [1.5, -0.0, 0.0, float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, STALE_NAN, odd_nan, 0.1]
    samples = [(NOW_MS + index * 1000, value) for index, value in enumerate(values)]
    report = put(bench.store, UP, samples)
    assert (report.accepted, report.out_of_order, report.duplicates) == (len(values), 0, 0)
    assert ask(bench.store) == expected((UP, samples))


def test_time_range_bounds_belong_to_the_range(bench: Bench) -> None:
    """Samples at both bounds are selected, those one millisecond outside are not."""
    put(bench.store, UP, [(NOW_MS + offset, float(offset)) for offset in range(5)])
    found = ask(bench.store, time_range=TimeRange(NOW_MS + 1, NOW_MS + 3))
    assert found == expected((UP, [(NOW_MS + offset, float(offset)) for offset in (1, 2, 3)]))
    assert ask(bench.store, time_range=TimeRange(NOW_MS + 5, NOW_MS + 9)) == {}
    assert ask(bench.store, time_range=TimeRange(NOW_MS + 3, NOW_MS + 1)) == {}


def test_one_batch_holds_many_series(bench: Bench) -> None:
    """A batch may name series in any order and several times."""
    refs = bench.store.intern("default", [UP, DOWN])
    order = np.array([1, 0, 0, 1, 0])
    times = NOW_MS + np.array([0, 0, 10, 10, 20])
    report = bench.store.append("default", SampleBatch(refs[order], times, np.arange(5.0)))
    assert report.accepted == 5
    assert ask(bench.store) == expected(
        (UP, [(NOW_MS, 1.0), (NOW_MS + 10, 2.0), (NOW_MS + 20, 4.0)]), (DOWN, [(NOW_MS, 0.0), (NOW_MS + 10, 3.0)])
    )


def test_intern_gives_one_ref_for_equal_labels(bench: Bench) -> None:
    """Equal label sets have one ref, other ones other refs, also within one call."""
    first = bench.store.intern("default", [UP, DOWN, Labels.of(UP.pairs)])
    again = bench.store.intern("default", [DOWN, UP])
    assert first[0] == first[2] != first[1]
    assert again.tolist() == [first[1], first[0]]
    assert (first >= 0).all()


def test_last_write_of_a_timestamp_wins(bench: Bench) -> None:
    """A sample replaces an earlier one of its timestamp: within a batch, newest or older, and across batches."""
    report = put(bench.store, UP, [(NOW_MS, 1.0), (NOW_MS, 2.0)])
    assert (report.accepted, report.duplicates, report.out_of_order) == (2, 1, 0)
    put(bench.store, UP, [(NOW_MS + 10, 3.0), (NOW_MS + 20, 4.0)])
    report = put(bench.store, UP, [(NOW_MS + 20, 5.0)])
    assert (report.duplicates, report.out_of_order) == (1, 0)
    report = put(bench.store, UP, [(NOW_MS, 6.0), (NOW_MS + 10, 7.0), (NOW_MS + 10, 8.0)])
    assert (report.accepted, report.out_of_order) == (3, 3)
    assert ask(bench.store) == expected((UP, [(NOW_MS, 6.0), (NOW_MS + 10, 8.0), (NOW_MS + 20, 5.0)]))


def test_out_of_order_samples_are_correct_at_once(bench: Bench) -> None:
    """Late samples take their place, whatever the order of arrival."""
    rng = np.random.default_rng(5)
    times = NOW_MS - 3_000_000 + rng.permutation(300) * 1000
    put(bench.store, UP, [(NOW_MS, -1.0)])
    for part in np.array_split(times, 7):
        report = put(bench.store, UP, [(int(time), float(time % 7919)) for time in part])
        assert (report.accepted, report.out_of_order) == (len(part), len(part))
        put(bench.store, DOWN, [(NOW_MS + int(part[0] % 97), 1.0)])
    samples = [(int(time), float(time % 7919)) for time in sorted(times)]
    assert ask(bench.store, "job=a") == expected((UP, [*samples, (NOW_MS, -1.0)]))
    low, high = NOW_MS - 2_900_000, NOW_MS - 2_800_000
    inside = [sample for sample in samples if low <= sample[0] <= high]
    assert ask(bench.store, "job=a", time_range=TimeRange(low, high)) == expected((UP, inside))


def test_samples_behind_the_window_are_refused(bench: Bench) -> None:
    """Older than an hour before the newest sample that was stored before the batch: too old, and counted."""
    put(bench.store, UP, [(NOW_MS, 1.0)])
    report = put(bench.store, DOWN, [(NOW_MS - 3_600_001, 2.0), (NOW_MS - 3_600_000, 3.0)])
    assert (report.accepted, report.too_old, len(report.unknown)) == (1, 1, 0)
    assert ask(bench.store, "job=b") == expected((DOWN, [(NOW_MS - 3_600_000, 3.0)]))


def test_one_batch_may_span_any_time(bench: Bench) -> None:
    """The window is measured against what was stored before, so history can be sent in one batch."""
    samples = [(NOW_MS - 90_000_000 + index * 10_000_000, float(index)) for index in range(9)]
    assert put(bench.store, UP, samples).accepted == 9
    assert ask(bench.store) == expected((UP, samples))


def test_samples_of_the_future_are_refused(bench: Bench) -> None:
    """More than ten minutes ahead of the clock: refused, and counted."""
    report = put(bench.store, UP, [(NOW_MS + 600_000, 1.0), (NOW_MS + 600_001, 2.0)])
    assert (report.accepted, report.too_far_ahead) == (1, 1)
    assert ask(bench.store) == expected((UP, [(NOW_MS + 600_000, 1.0)]))


def test_a_clock_that_jumps_back_does_not_stop_ingest(bench: Bench) -> None:
    """After a day in the future the clock is put right: the present is not too old, and nothing stored is lost."""
    day_ms = 86_400_000
    put(bench.store, UP, [(NOW_MS, 1.0)])
    bench.clock.jump_to_ms(NOW_MS + day_ms)
    put(bench.store, UP, [(NOW_MS + day_ms, 2.0)])
    bench.clock.jump_to_ms(NOW_MS + 1000)
    assert put(bench.store, UP, [(NOW_MS + 1000, 3.0)]).accepted == 1
    assert ask(bench.store) == expected((UP, [(NOW_MS, 1.0), (NOW_MS + 1000, 3.0), (NOW_MS + day_ms, 2.0)]))


def test_unknown_refs_are_named(bench: Bench) -> None:
    """Refs the store does not know are reported by position; the rest of the batch is stored."""
    ref = int(bench.store.intern("default", [UP])[0])
    batch = SampleBatch(np.array([-1, ref, ref + 1000]), np.full(3, NOW_MS), np.arange(3.0))
    report = bench.store.append("default", batch)
    assert report.accepted == 1
    assert report.unknown.tolist() == [0, 2]
    assert ask(bench.store) == expected((UP, [(NOW_MS, 1.0)]))


def test_empty_batches_and_projects_are_no_problem(bench: Bench) -> None:
    """Nothing in, nothing out; an unknown project is simply empty."""
    empty = SampleBatch(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    bench.store.intern("default", [UP])
    assert bench.store.append("default", empty).accepted == 0
    assert ask(bench.store) == {}
    assert bench.store.projects() == []
    assert bench.store.label_names("nobody", [], ALL_TIME) == []
    assert bench.store.series("nobody", [[]], ALL_TIME) == []
    assert bench.store.stats("nobody").series == 0
    assert bench.store.metadata("nobody") == {}
    assert bench.store.delete("nobody", [], ALL_TIME) == 0


def test_projects_do_not_see_each_other(bench: Bench) -> None:
    """The same series in two projects are two series."""
    put(bench.store, UP, [(NOW_MS, 1.0)], project="a")
    put(bench.store, UP, [(NOW_MS, 2.0)], project="b/..ü")
    assert ask(bench.store, project="a") == expected((UP, [(NOW_MS, 1.0)]))
    assert ask(bench.store, project="b/..ü") == expected((UP, [(NOW_MS, 2.0)]))
    assert bench.store.projects() == ["a", "b/..ü"]


@pytest.mark.parametrize("at", [-1, 0, 5, 15, 25, 1000])
def test_latest_hint_keeps_the_newest_sample(bench: Bench, at: int) -> None:
    """With `latest_at_ms` at least the newest sample up to then is given, and none after it."""
    put(bench.store, UP, [(NOW_MS, 1.0), (NOW_MS + 10, 2.0)])
    put(bench.store, UP, [(NOW_MS + 20, STALE_NAN)])
    put(bench.store, DOWN, [(NOW_MS + 20, 3.0)])
    put(bench.store, DOWN, [(NOW_MS + 10, 4.0)])
    for start in (NOW_MS - 100, NOW_MS + 10):
        found = ask(
            bench.store,
            time_range=TimeRange(start, NOW_MS + at),
            hints=SelectHints(latest_at_ms=NOW_MS + at),
        )
        plain = ask(bench.store, time_range=TimeRange(start, NOW_MS + at))
        assert {labels: samples[-1] for labels, samples in found.items()} == {
            labels: samples[-1] for labels, samples in plain.items()
        }


def test_deleted_samples_are_gone(bench: Bench) -> None:
    """Deletion takes exactly the range of exactly the matching series, and stays after a restart."""
    samples = [(NOW_MS + index * 1000, float(index)) for index in range(10)]
    put(bench.store, UP, samples[:6])
    put(bench.store, UP, samples[6:])
    put(bench.store, DOWN, samples)
    matchers = [match("job=a")]
    assert bench.store.delete("default", matchers, TimeRange(NOW_MS + 2000, NOW_MS + 7000)) == 1
    rest = samples[:2] + samples[8:]
    assert ask(bench.store) == expected((UP, rest), (DOWN, samples))
    if bench.survives:
        bench.reopen()
        assert ask(bench.store) == expected((UP, rest), (DOWN, samples))


def test_a_deleted_series_leaves_no_label_behind(bench: Bench) -> None:
    """When all samples of a series are deleted, its labels are not listed any more."""
    put(bench.store, UP, [(NOW_MS, 1.0)])
    put(bench.store, DOWN, [(NOW_MS, 1.0)])
    bench.store.delete("default", [match("job=a")], ALL_TIME)
    assert bench.store.label_values("default", "job", [], ALL_TIME) == ["b"]
    assert bench.store.series("default", [[]], ALL_TIME) == [DOWN]


def test_samples_can_be_written_again_after_deletion(bench: Bench) -> None:
    """Deletion hides what was there, not what comes later."""
    put(bench.store, UP, [(NOW_MS, 1.0), (NOW_MS + 10, 2.0)])
    bench.store.delete("default", [], ALL_TIME)
    assert ask(bench.store) == {}
    put(bench.store, UP, [(NOW_MS + 10, 3.0)])
    put(bench.store, UP, [(NOW_MS + 5, 4.0)])
    assert ask(bench.store) == expected((UP, [(NOW_MS + 5, 4.0), (NOW_MS + 10, 3.0)]))
    latest = ask(bench.store, hints=SelectHints(latest_at_ms=NOW_MS + 20), time_range=TimeRange(NOW_MS, NOW_MS + 20))
    assert latest[str(UP)][-1] == (NOW_MS + 10, bits(3.0))


def test_a_late_sample_is_replaced_after_the_newest_was_deleted(bench: Bench) -> None:
    """Deletion of the newest sample leaves a late one as the newest; writing it again replaces it."""
    put(bench.store, UP, [(NOW_MS, 1.0), (NOW_MS + 10, 2.0)])
    put(bench.store, UP, [(NOW_MS, 3.0)])
    bench.store.delete("default", [], TimeRange(NOW_MS + 10, NOW_MS + 10))
    assert ask(bench.store) == expected((UP, [(NOW_MS, 3.0)]))
    put(bench.store, UP, [(NOW_MS - 10, 4.0), (NOW_MS, 5.0)])
    assert ask(bench.store) == expected((UP, [(NOW_MS - 10, 4.0), (NOW_MS, 5.0)]))


def test_everything_is_there_after_a_restart(bench: Bench) -> None:
    """A store that keeps data has every sample, late ones too, after closing and opening."""
    if not bench.survives:
        pytest.skip("this store forgets")
    put(bench.store, UP, [(NOW_MS, 1.0), (NOW_MS + 10, STALE_NAN)])
    put(bench.store, DOWN, [(NOW_MS + 5, 2.0)])
    put(bench.store, UP, [(NOW_MS + 5, 3.0), (NOW_MS, 4.0)])
    before = ask(bench.store)
    for _ in range(3):
        bench.reopen()
        assert ask(bench.store) == before
    put(bench.store, DOWN, [(NOW_MS + 20, 5.0)])
    assert ask(bench.store, "job=b") == expected((DOWN, [(NOW_MS + 5, 2.0), (NOW_MS + 20, 5.0)]))
    assert bench.store.projects() == ["default"]


def test_a_closed_store_says_so(bench: Bench) -> None:
    """After close every call raises Unavailable; closing twice is allowed."""
    ref = bench.store.intern("default", [UP])
    bench.store.close()
    bench.store.close()
    with pytest.raises(Unavailable):
        bench.store.append("default", SampleBatch(ref, np.array([NOW_MS]), np.array([1.0])))
    with pytest.raises(Unavailable):
        bench.store.intern("default", [UP])
    with pytest.raises(Unavailable):
        bench.store.select("default", [], ALL_TIME)


def test_threads_append_while_others_select(bench: Bench) -> None:
    """Under concurrent appends readers see whole prefixes of every series, and in the end everything is there."""
    rounds, width = 30, 8
    labels = [[Labels.of(__name__="m", thread=str(t), i=str(i)) for i in range(width)] for t in range(3)]
    failures: list[str] = []
    stop = threading.Event()

    def write(thread: int) -> None:
        refs = bench.store.intern("default", labels[thread])
        for step in range(rounds):
            batch = SampleBatch(refs, np.full(width, NOW_MS + step * 10), np.full(width, float(step)))
            if bench.store.append("default", batch).accepted != width:
                failures.append("not accepted")

    def read() -> None:
        while not stop.is_set():
            failures.extend(
                f"torn: {samples}"
                for samples in ask(bench.store, "__name__=m").values()
                if samples != [(NOW_MS + step * 10, bits(float(step))) for step in range(len(samples))]
            )

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    reader = threading.Thread(target=read)
    for thread in [*writers, reader]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert failures == []
    samples = [(NOW_MS + step * 10, float(step)) for step in range(rounds)]
    assert ask(bench.store) == expected(*((one, samples) for group in labels for one in group))
