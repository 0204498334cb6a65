"""Scrape configuration files: good ones are taken as Prometheus takes them, bad ones are complained about by line."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.errors import BadData
from vedette.ingest.relabel import RelabelRule
from vedette.scrape.config.file import ScrapeConfig, load_config
from vedette.scrape.discovery.kind import find_kinds

FOLDER = Path(__file__).parents[2] / "bad" / "scrape"
EXPECTED = re.compile(r"^# expect (\d+): (.*)$", re.MULTILINE)
WARNED = re.compile(r"^# warn (\d+): (.*)$", re.MULTILINE)


def load(path: Path) -> ScrapeConfig:
    return load_config(path, find_kinds())


def write(folder: Path, text: str) -> Path:
    path = folder / "prometheus.yml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_every_error_has_its_line(path: Path) -> None:
    """All errors of a file are named at once, each with its line; a file with warnings only is used."""
    expected = [f"{path}: line {line}: {message}" for line, message in EXPECTED.findall(path.read_text())]
    if not expected:
        warned = [f"{path}: line {line}: {message}" for line, message in WARNED.findall(path.read_text())]
        assert list(load(path).warnings) == warned
        return
    with pytest.raises(BadData) as failure:
        load(path)
    assert failure.value.message.splitlines() == expected


def test_there_are_bad_files() -> None:
    """The folder is found; an empty one would make the test above pass without testing."""
    assert len(list(FOLDER.glob("*.yml"))) >= 9


GOOD = """
global:
  scrape_interval: 15s
  sample_limit: 5000
scrape_configs:
  - job_name: everything
    honor_labels: true
    honor_timestamps: false
    scrape_interval: 5s
    scrape_timeout: 2s
    metrics_path: /probe
    scheme: https
    params: {module: [http_2xx], target: [a, b]}
    body_size_limit: 1MB
    label_limit: 30
    basic_auth: {username: me, password: 1234}
    tls_config: {insecure_skip_verify: yes, server_name: other}
    http_headers: {X-Scope: {values: [one, two]}}
    static_configs:
      - targets: ["a:1", "b:2"]
        labels: {env: prod, zone: 7}
    relabel_configs:
      - source_labels: [__address__]
        regex: (.*):\\d+
        target_label: host
      - action: labeldrop
        regex: tmp_.*
    metric_relabel_configs:
      - {source_labels: [__name__], regex: go_.*, action: DROP}
      - {target_label: empty, replacement: }
  - job_name: defaults
    static_configs:
      - targets: [localhost]
"""


def test_takes_all_keys(tmp_path: Path) -> None:
    """Values are read as Prometheus reads them: numbers as text where text is meant, KB of 1024, `yes` for true."""
    everything, _ = load(write(tmp_path, GOOD)).jobs
    assert (everything.interval_ms, everything.timeout_ms, everything.scheme) == (5000, 2000, "https")
    assert everything.params == {"module": ("http_2xx",), "target": ("a", "b")}
    assert (everything.body_size_limit, everything.label_limit, everything.sample_limit) == (1 << 20, 30, 5000)
    assert (everything.honor_labels, everything.honor_timestamps) == (True, False)
    assert everything.http.basic_auth is not None
    assert everything.http.basic_auth.password.read() == "1234"
    assert everything.http.tls.insecure_skip_verify
    assert [(name, [secret.value for secret in values]) for name, values in everything.http.headers] == [
        ("X-Scope", ["one", "two"])
    ]
    assert everything.relabel[0] == RelabelRule(("__address__",), regex=r"(.*):\d+", target_label="host")
    assert everything.metric_relabel[0].action == "drop"
    assert everything.metric_relabel[1].replacement == ""


def test_defaults_are_those_of_prometheus(tmp_path: Path) -> None:
    """What a job leaves out comes from the global section, then from Prometheus' defaults."""
    _, defaults = load(write(tmp_path, GOOD)).jobs
    assert (defaults.interval_ms, defaults.timeout_ms) == (15_000, 10_000)
    assert (defaults.scheme, defaults.metrics_path) == ("http", "/metrics")
    assert (defaults.honor_labels, defaults.honor_timestamps, defaults.enable_compression) == (False, True, True)
    assert defaults.http.follow_redirects


def test_timeout_follows_a_short_interval(tmp_path: Path) -> None:
    """The default timeout of 10 s shrinks to an interval that is shorter."""
    text = "scrape_configs: [{job_name: quick, scrape_interval: 3s, static_configs: [{targets: [a]}]}]"
    assert load(write(tmp_path, text)).jobs[0].timeout_ms == 3000


def test_secrets_do_not_show(tmp_path: Path) -> None:
    """No secret can be seen in a printed configuration."""
    text = """
scrape_configs:
  - job_name: a
    basic_auth: {username: u, password: hunter2}
  - job_name: b
    authorization: {credentials: hunter2}
    proxy_url: http://u:hunter2@proxy:3128
"""
    assert "hunter2" not in repr(load(write(tmp_path, text)))


def test_anchors_and_merge_keys_work(tmp_path: Path) -> None:
    """YAML anchors are resolved, and a job's own key wins over one that is merged in."""
    text = """
scrape_configs:
  - &base
    job_name: one
    scrape_interval: 7s
    static_configs: [{targets: [a]}]
  - <<: *base
    job_name: two
"""
    jobs = load(write(tmp_path, text)).jobs
    assert [(job.name, job.interval_ms) for job in jobs] == [("one", 7000), ("two", 7000)]


def test_scrape_config_files_are_included(tmp_path: Path) -> None:
    """Jobs of included files use the global section; their errors carry their own file name."""
    (tmp_path / "more.yml").write_text("scrape_configs: [{job_name: more, static_configs: [{targets: [b]}]}]")
    path = write(tmp_path, "global: {scrape_interval: 9s}\nscrape_config_files: ['*ore.yml']\n")
    config = load(path)
    assert [(job.name, job.interval_ms) for job in config.jobs] == [("more", 9000)]
    assert config.files == (path, tmp_path / "more.yml")
    (tmp_path / "more.yml").write_text("scrape_configs: [{job_nam: more}]")
    with pytest.raises(BadData, match=r"more\.yml: line 1: scrape_config: unknown key 'job_nam'"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "scrape_configs:",
        "&a [*a]",
        "a: &a {<<: *a}",
        "[" * 2000,
        "\x00",
        "? [x]\n: y",
        "!!python/name:os.x y",
    ],
)
def test_odd_documents_are_no_crash(tmp_path: Path, text: str) -> None:
    """Whatever the file holds, it is either a configuration or BadData."""
    with contextlib.suppress(BadData):
        assert load(write(tmp_path, text)).jobs == ()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message says which file cannot be read."""
    with pytest.raises(BadData, match=r"nowhere\.yml: No such file"):
        load(tmp_path / "nowhere.yml")


@given(st.integers(0, len(GOOD) - 1), st.text(max_size=6), st.integers(0, 12))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_never_crash(tmp_path: Path, place: int, insert: str, removed: int) -> None:
    """A file with a piece replaced by anything is a configuration or BadData that names the file."""
    path = tmp_path / "prometheus.yml"
    path.write_text(GOOD[:place] + insert + GOOD[place + removed :], encoding="utf-8", errors="surrogatepass")
    try:
        load(path)
    except BadData as error:
        assert error.message.startswith(str(path))  # noqa: PT017 - both outcomes are right
