"""The command line as a user meets it: verbs, exit codes, messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prometheus_client import CollectorRegistry
from tests.contract.ask import put

from vedette.cli.moments import parse_moment_ms, print_moment
from vedette.clock import FakeClock
from vedette.errors import BadData
from vedette.model.labels import Labels
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

VEDETTE = str(Path(sys.executable).parent / "vedette")
NOW_MS = 1_700_000_000_000
SAMPLES = "\n".join(
    f'temp{{room="{room}"}} {room}.{at * at % 97:02} {1_700_000_000 + at}' for at in range(100) for room in range(3)
)
KEEP = ["--set", "tsdb.retention=0"]


def run(*arguments: str | Path, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command and wait."""
    return subprocess.run(
        [VEDETTE, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, input=stdin, timeout=60, check=False
    )


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A folder with three series of a hundred samples."""
    (tmp_path / "in.om").write_text(SAMPLES + "\n# EOF\n")
    done = run("load", "in.om", "--data", "data", *KEEP, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "300 samples loaded\n"), done.stderr
    return tmp_path / "data"


def test_version_and_help_answer() -> None:
    """The verbs that need nothing work anywhere."""
    assert run("version").stdout.startswith("vedette ")
    listed = run("--help").stdout
    for verb in ("serve", "query", "load", "export", "verify", "bench", "check", "version"):
        assert verb in listed


def test_wrong_usage_is_exit_code_2() -> None:
    """An unknown verb or option is the user's slip, told apart from failures."""
    assert run("sreve").returncode == 2
    assert run("serve", "--prot", "1").returncode == 2


def test_check_config_names_all_errors(tmp_path: Path) -> None:
    """Every error with its line, exit code 3; a right file is exit code 0."""
    wrong, right = tmp_path / "wrong.toml", tmp_path / "right.toml"
    wrong.write_text("[http]\nprot = 1\nport = 'x'\n")
    right.write_text("[http]\nport = 9100\n")
    failed = run("check", "config", wrong)
    assert failed.returncode == 3
    assert [line.partition(": ")[0] for line in failed.stderr.splitlines()] == [f"{wrong}:2", f"{wrong}:3"]
    passed = run("check", "config", right)
    assert passed.returncode == 0
    assert f"http.port is set by {right}:2" in passed.stdout


def test_check_config_reads_the_scrape_configuration(tmp_path: Path) -> None:
    """Errors of the file that scrape.config_file names count as well; of a right one the jobs are told."""
    scrape = tmp_path / "scrape.yml"
    scrape.write_text("scrape_configs:\n- jobname: x\n")
    failed = run("check", "config", "--set", f"scrape.config_file={scrape}")
    assert (failed.returncode, "jobname" in failed.stderr) == (3, True), failed.stderr
    scrape.write_text("scrape_configs:\n- job_name: x\n")
    passed = run("check", "config", "--set", f"scrape.config_file={scrape}")
    assert (passed.returncode, "scrape jobs: x" in passed.stdout) == (0, True), passed.stderr


def test_serve_refuses_to_let_others_in_unasked(tmp_path: Path) -> None:
    """Nobody signs in on loopback alone."""
    failed = run("serve", "--host", "0.0.0.0", "--no-auth", "--data", tmp_path / "data")
    assert failed.returncode == 7
    assert "--no-auth" in failed.stderr


def test_query_of_a_folder(loaded: Path) -> None:
    """Instant and range queries without a server, in all three forms."""
    at = ["--time", "1700000099"]
    table = run("query", "temp", "--data", loaded, *at)
    assert table.stdout.splitlines()[0].split() == ['temp{room="0"}', "0.04"]
    as_csv = run("query", "sum(temp)", "--data", loaded, "--format", "csv", *at)
    assert as_csv.stdout == "timestamp,value\n2023-11-14T22:14:59Z,3.12\n"
    span = ["--start", "1700000000", "--end", "1700000090", "--step", "30s", "--format", "json"]
    assert run("query", "count(temp)", "--data", loaded, *span).stdout.count('"3"') == 4


def test_query_shows_where_the_error_is(loaded: Path) -> None:
    """A syntax error is exit code 3 and points into the expression."""
    failed = run("query", "sum(temp", "--data", loaded)
    assert failed.returncode == 3
    assert "  sum(temp\n" in failed.stderr
    assert "^" in failed.stderr


def test_query_without_folder_or_server(tmp_path: Path) -> None:
    """What is not there is exit code 4, a server that does not answer 7."""
    assert run("query", "up", "--data", tmp_path / "none").returncode == 4
    assert run("query", "up", "--url", "http://127.0.0.1:1").returncode == 7


@pytest.mark.parametrize("name", ["out.parquet", "out.csv"])
def test_export_and_load_give_the_same_samples(loaded: Path, tmp_path: Path, name: str) -> None:
    """What is exported can be loaded elsewhere and answers alike."""
    span = ["--start", "2023-11-14", "--end", "2023-11-15"]
    exported = run("export", '{__name__="temp"}', "--data", loaded, "-o", name, *span, cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    again = run("load", name, "--data", "again", *KEEP, cwd=tmp_path)
    assert again.stdout == "300 samples loaded\n", again.stderr
    ask = ["temp", "--format", "json", "--start", "1700000000", "--end", "1700000099", "--step", "1s"]
    assert run("query", *ask, "--data", tmp_path / "again").stdout == run("query", *ask, "--data", loaded).stdout


def test_export_does_not_write_over_a_file(loaded: Path, tmp_path: Path) -> None:
    """An existing file stays unless asked; Parquet has a column for each label."""
    (tmp_path / "out.parquet").write_text("precious")
    arguments = ["export", "temp", "--data", loaded, "-o", tmp_path / "out.parquet", "--start", "2023-11-14"]
    assert run(*arguments).returncode == 5
    assert (tmp_path / "out.parquet").read_text() == "precious"
    assert run(*arguments, "--force").returncode == 0
    assert pq.read_schema(tmp_path / "out.parquet").names == ["__name__", "room", "timestamp", "value"]


def test_load_stores_the_good_part_and_names_the_bad(tmp_path: Path) -> None:
    """Lines that do not parse are counted by reason with an example; the others are stored."""
    text = "good 1 1700000000\nbad one 2\ngood 3 1700000001\n# EOF\n"
    done = run("load", "-", "--format", "openmetrics", "--data", "data", *KEEP, cwd=tmp_path, stdin=text)
    assert done.stdout == "2 samples loaded\n"
    assert "1 dropped: malformed" in done.stderr
    assert "line 2" in done.stderr


def test_load_refuses_what_the_server_would_delete(tmp_path: Path) -> None:
    """Samples beyond the retention are not taken in silence."""
    text = "old 1 1000000000\n# EOF\n"
    done = run("load", "-", "--format", "openmetrics", "--data", "data", cwd=tmp_path, stdin=text)
    assert done.stdout == "0 samples loaded\n"
    assert "tsdb.retention" in done.stderr


def test_load_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """The first file is durable when the second fails; the second run does not read it again."""
    (tmp_path / "a.om").write_text("a 1 1700000000\n# EOF\n")
    (tmp_path / "b.csv").write_text("timestamp,value\n1700000000,1\n")
    first = run("load", "a.om", "b.csv", "--data", "data", *KEEP, cwd=tmp_path)
    assert first.returncode == 3
    assert "b.csv" in first.stderr
    assert (tmp_path / "vedette-load.state").exists()
    second = run("load", "a.om", "b.csv", "--metric", "b", "--data", "data", *KEEP, cwd=tmp_path)
    assert second.stdout == "1 samples loaded\n"
    assert not (tmp_path / "vedette-load.state").exists()
    asked = run("query", '{__name__=~"a|b"}', "--data", tmp_path / "data", "--time", "1700000000", "--format", "csv")
    assert len(asked.stdout.splitlines()) == 3


def test_verify_finds_and_repairs_damage(loaded: Path) -> None:
    """A flipped bit is exit code 8 without --repair; afterwards the folder is sound and the damage put aside."""
    assert run("verify", "--data", loaded).returncode == 0
    chunks = next(loaded.glob("projects/*/blocks/*/chunks"))
    content = bytearray(chunks.read_bytes())
    content[len(content) // 2] ^= 1
    chunks.write_bytes(content)
    found = run("verify", "--data", loaded)
    assert found.returncode == 8
    assert "damaged" in found.stderr
    assert run("verify", "--data", loaded, "--repair").returncode == 0
    assert run("verify", "--data", loaded).returncode == 0


def test_verify_reads_the_log_too(tmp_path: Path) -> None:
    """Damage in the middle of the log is exit code 8 with segment and offset; a lost key is never repaired."""
    store = Tsdb(tmp_path, TsdbSettings(background=False), FakeClock(NOW_MS), CollectorRegistry())
    for step in range(5):
        put(store, Labels.of(__name__="a"), [(NOW_MS + step, 1.0)])
    store.close()
    segment = next(tmp_path.glob("projects/*/wal/*"))
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    found = run("verify", "--data", tmp_path)
    assert (found.returncode, "log segment 1: " in found.stderr, " good records" in found.stderr) == (8, True, True)
    repaired = run("verify", "--data", tmp_path, "--repair")
    assert (repaired.returncode, "taken out" in repaired.stdout) == (0, True)
    assert run("verify", "--data", tmp_path).stderr == ""
    (tmp_path / "key").unlink()
    assert run("verify", "--data", tmp_path, "--repair").returncode == 8


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("now", NOW_MS),
        ("now-1h30m", NOW_MS - 5_400_000),
        ("now + 5s", NOW_MS + 5_000),
        ("1700000000.5", 1_700_000_000_500),
        ("2023-11-14", 1_699_920_000_000),
        ("2023-11-14T22:13:20Z", NOW_MS),
        ("2023-11-14T23:13:20+01:00", NOW_MS),
    ],
)
def test_moments(text: str, time_ms: int) -> None:
    """Relative, ISO 8601 (UTC unless it says otherwise) and seconds since 1970."""
    assert parse_moment_ms(text, NOW_MS) == time_ms


@pytest.mark.parametrize("text", ["", "yesterday", "now-", "now-5", "nan"])
def test_wrong_moments(text: str) -> None:
    """Anything else is refused with an example."""
    with pytest.raises(BadData):
        parse_moment_ms(text, NOW_MS)


def test_moments_are_printed_in_utc() -> None:
    """Milliseconds only where there are some, and no failure outside the calendar."""
    assert print_moment(NOW_MS) == "2023-11-14T22:13:20Z"
    assert print_moment(NOW_MS + 5) == "2023-11-14T22:13:20.005Z"
    assert print_moment(2**62) == f"{2**62}ms"
