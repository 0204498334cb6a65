"""From discovered labels to targets and sample labels, with the outcomes Prometheus gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vedette.errors import BadData, LimitExceeded
from vedette.ingest.relabel import RelabelRule
from vedette.model.labels import Labels
from vedette.scrape.config.job import JobConfig
from vedette.scrape.target import SampleLabels, Target, discovered_labels, make_target

JOB = JobConfig("j", interval_ms=15_000, timeout_ms=10_000)


def made(job: JobConfig, labels: dict[str, str], common: dict[str, str] | None = None) -> Target:
    target = make_target(job, discovered_labels(job, {"__address__": "host:9100", **labels}, common or {}))
    assert target is not None
    return target


def rule(**parts: Any) -> RelabelRule:
    return RelabelRule(**parts)


def test_discovered_labels_hold_the_jobs_settings() -> None:
    """Settings are labels that relabelling can see; a target's own labels win, then the group's, then the job's."""
    job = replace(JOB, params={"module": ("a", "b"), "none": ()})
    found = discovered_labels(job, {"__address__": "h", "env": "t", "job": "own"}, {"env": "g", "zone": "g"})
    assert found.as_dict() == {
        "__address__": "h",
        "__metrics_path__": "/metrics",
        "__param_module": "a",
        "__scheme__": "http",
        "__scrape_interval__": "15s",
        "__scrape_timeout__": "10s",
        "env": "t",
        "job": "own",
        "zone": "g",
    }


def test_instance_defaults_to_the_address() -> None:
    """`instance` is the address after relabelling unless something set it; `__` labels are not on samples."""
    target = made(JOB, {"__meta_x": "y", "__tmp": "z"})
    assert target.public == Labels.of(instance="host:9100", job="j")
    assert target.labels.get("__tmp") == "z"
    assert "__meta_x" not in target.labels
    assert made(JOB, {"instance": "mine"}).public.get("instance") == "mine"
    moved = replace(JOB, relabel=(rule(target_label="__address__", replacement="proxy:1"),))
    assert made(moved, {}).public.get("instance") == "proxy:1"
    assert made(moved, {}).url == "http://proxy:1/metrics"


def test_the_blackbox_pattern() -> None:
    """The usual rules for a prober make the target a parameter and the prober the address."""
    job = replace(
        JOB,
        metrics_path="/probe",
        params={"module": ("http_2xx",), "target": ("default", "second")},
        relabel=(
            rule(source_labels=("__address__",), target_label="__param_target"),
            rule(source_labels=("__param_target",), target_label="instance"),
            rule(target_label="__address__", replacement="127.0.0.1:9115"),
        ),
    )
    target = made(job, {"__address__": "https://example.test/a b"})
    assert target.url == (
        "http://127.0.0.1:9115/probe?module=http_2xx&target=https%3A%2F%2Fexample.test%2Fa+b&target=second"
    )
    assert target.public.get("instance") == "https://example.test/a b"


def test_labels_set_scheme_path_interval_and_timeout() -> None:
    """Relabelling may change how and how often a target is asked."""
    target = made(
        JOB,
        {
            "__scheme__": "https",
            "__metrics_path__": "odd path?",
            "__scrape_interval__": "1m30s",
            "__scrape_timeout__": "1s",
        },
    )
    assert (target.interval_ms, target.timeout_ms) == (90_000, 1000)
    assert target.url == "https://host:9100/odd%20path%3F"


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"__address__": ""}, "no address"),
        ({"__address__": "host/path"}, "'host/path' is not a valid address"),
        ({"__address__": "host:1\r\nX: y"}, "is not a valid address"),
        ({"__address__": "user@host"}, "is not a valid address"),
        ({"__scheme__": "file"}, "__scheme__ must be http or https, not 'file'"),
        ({"__scrape_interval__": "often"}, "error parsing scrape interval: not a valid duration: 'often'"),
        ({"__scrape_interval__": "0s"}, "scrape interval cannot be 0"),
        ({"__scrape_timeout__": "0s"}, "scrape timeout cannot be 0"),
        ({"__scrape_timeout__": "20s"}, r"scrape timeout cannot be greater than scrape interval \(20s > 15s\)"),
    ],
)
def test_unusable_targets_say_why(labels: dict[str, str], message: str) -> None:
    """A target that cannot be scraped is named with the reason."""
    with pytest.raises(BadData, match=message):
        made(JOB, labels)


def test_dropped_by_relabelling() -> None:
    """A rule that drops leaves no target."""
    job = replace(JOB, relabel=(rule(source_labels=("env",), regex="prod", action="keep"),))
    assert make_target(job, discovered_labels(job, {"__address__": "h", "env": "test"}, {})) is None


def test_offsets_spread_and_stay() -> None:
    """Targets are spread over their interval; the same target has the same place after a restart."""
    targets = [made(JOB, {"__address__": f"h{number}:1"}) for number in range(1000)]
    offsets = [target.offset_ms("seed") for target in targets]
    assert offsets == [target.offset_ms("seed") for target in targets]
    assert all(0 <= offset < 15_000 for offset in offsets)
    tenths = [sum(1 for offset in offsets if offset // 1500 == tenth) for tenth in range(10)]
    assert min(tenths) > 50
    assert offsets != [target.offset_ms("other") for target in targets]


def sample(of: JobConfig, /, **labels: str) -> dict[str, str] | None:
    target = made(of, {"env": "prod"})
    stored = SampleLabels(of, target)(Labels.of({"__name__": "m", **labels}))
    return None if stored is None else stored.as_dict()


def test_target_labels_win_unless_labels_are_honoured() -> None:
    """A label that conflicts with the target's becomes `exported_...`, as often as it takes; honor_labels keeps it."""
    own = {"__name__": "m", "env": "prod", "instance": "host:9100", "job": "j"}
    assert sample(JOB) == own
    assert sample(JOB, job="theirs") == {**own, "exported_job": "theirs"}
    assert sample(JOB, job="theirs", exported_job="older") == {
        **own,
        "exported_job": "older",
        "exported_exported_job": "theirs",
    }
    honoured = replace(JOB, honor_labels=True)
    assert sample(honoured, job="theirs") == {**own, "job": "theirs"}


def test_metric_relabelling_sees_target_labels() -> None:
    """metric_relabel_configs run on the final labels and may drop or rename."""
    job = replace(
        JOB,
        metric_relabel=(
            rule(source_labels=("__name__", "env"), regex="go_.*;prod", action="drop"),
            rule(source_labels=("path",), regex="/(.*)", target_label="page"),
            rule(regex="path|instance", action="labeldrop"),
        ),
    )
    assert sample(job, path="/home") == {"__name__": "m", "env": "prod", "job": "j", "page": "home"}
    target = made(job, {"env": "prod"})
    assert SampleLabels(job, target)(Labels.of(__name__="go_gc")) is None


def test_label_limits_fail_the_scrape() -> None:
    """A series beyond a label limit raises, which fails the whole scrape as in Prometheus."""
    with pytest.raises(LimitExceeded, match=r"label_limit exceeded \(metric: m, 5 labels, limit: 4\)"):
        sample(replace(JOB, label_limit=4), a="b")
    with pytest.raises(LimitExceeded, match="label_name_length_limit exceeded"):
        sample(replace(JOB, label_name_length_limit=10), a_very_long_name="b")
    with pytest.raises(LimitExceeded, match="label_value_length_limit exceeded"):
        sample(replace(JOB, label_value_length_limit=9), a="0123456789")
    assert sample(replace(JOB, label_limit=5, label_name_length_limit=8, label_value_length_limit=9), a="b")
