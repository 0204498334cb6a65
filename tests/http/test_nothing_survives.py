"""Planted secrets, sent by every protocol to a real server: none of them is anywhere afterwards."""

from __future__ import annotations

import base64
import io
import json
import random
import string
import struct
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import cramjam
import pyarrow as pa
import pyarrow.parquet as pq
from tests.unit.test_server_lifecycle import QUIET, VEDETTE, Server, serving
from websockets.sync.client import ClientConnection, connect

from vedette.ingest.privacy.detectors import is_luhn
from vedette.kernel.protobuf import varint

NOW_MS = int(time.time() * 1000)
BETWEEN = (" ", ",", ";", "|", "(", ")", " / ", "'", " = ")
ALPHANUMERIC = string.ascii_letters + string.digits


class Planter:
    """Makes texts with secrets in them, and remembers the secrets; the same each time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.planted: list[str] = []
        self.kinds: list[Callable[[], str]] = [
            self.mail,
            self.card,
            self.iban,
            self.phone,
            self.address,
            self.jwt,
            self.cloud_key,
            self.bearer,
            self.private_key,
            self.staff,
        ]

    def text(self) -> str:
        """Ordinary words with a secret, or two, among them."""
        words = [self._of(string.ascii_lowercase, self.random.randint(1, 9)) for _ in range(self.random.randint(0, 3))]
        for kind in self.random.sample(self.kinds, self.random.randint(1, 2)):
            found = kind()
            self.planted.append(found)
            words.insert(self.random.randint(0, len(words)), found)
        return "".join(word + self.random.choice(BETWEEN) for word in words)

    def mail(self) -> str:
        return f"{self._of(string.ascii_lowercase, 8)}.{self._of(string.digits, 3)}@{self._of('abc', 5)}.example.org"

    def card(self) -> str:
        while True:
            digits = "4" + self._of(string.digits, 15)
            if is_luhn(digits):
                gap = self.random.choice(("", " ", "-"))
                return gap.join(digits[place : place + 4] for place in range(0, 16, 4))

    def iban(self) -> str:
        account = self._of(string.digits, 18)
        check = 98 - int(account + "131400") % 97
        return f"DE{check:02}{account}"

    def phone(self) -> str:
        return f"+49 {self._of('1234567', 3)} {self._of(string.digits, 7)}"

    def address(self) -> str:
        return ".".join(str(self.random.randint(100, 250)) for _ in range(4))

    def jwt(self) -> str:
        parts = ({"alg": "HS256", "kid": self._of(ALPHANUMERIC, 6)}, {"sub": self._of(ALPHANUMERIC, 9)})
        texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return ".".join([*texts, self._of(ALPHANUMERIC, 20)])

    def cloud_key(self) -> str:
        return self.random.choice(("AKIA", "ASIA")) + self._of(string.ascii_uppercase, 16)

    def bearer(self) -> str:
        return f"Bearer {self._of(ALPHANUMERIC, 24)}"

    def private_key(self) -> str:
        return f"-----BEGIN EC PRIVATE KEY-----{self._of(ALPHANUMERIC, 60)}-----END EC PRIVATE KEY-----"

    def staff(self) -> str:
        return f"emp-{self._of(string.digits, 9)}"

    def _of(self, characters: str, count: int) -> str:
        return "".join(self.random.choices(characters, k=count))


def quoted(text: str) -> str:
    """As a label's value in an exposition."""
    return json.dumps(text, ensure_ascii=False)


def tag(text: str) -> str:
    """As a tag's value in line protocol, which cannot end in a space."""
    escaped = text.strip()
    for character in ",= ":
        escaped = escaped.replace(character, "\\" + character)
    return escaped


def message(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def remote_write(values: list[str]) -> bytes:
    """Remote write 1.0."""
    body = b""
    for value in values:
        pairs = (("__name__", "m"), ("job", "remote"), ("user", value))
        labels = b"".join(message(1, message(1, a.encode()) + message(2, b.encode())) for a, b in pairs)
        body += message(1, labels + message(2, b"\x09" + struct.pack("<d", 1.0) + b"\x10" + varint(NOW_MS)))
    return bytes(cramjam.snappy.compress_raw(body))


def exposition(values: list[str], *, timed: bool = False, secret_help: str = "") -> bytes:
    """Prometheus text."""
    end = f" {NOW_MS - 3_600_000}" if timed else ""
    lines = [f"m{{job={quoted(f'text{timed}')},user={quoted(value)}}} 1{end}\n" for value in values]
    return "".join([f"# HELP m {secret_help}\n" if secret_help else "", *lines]).encode()


def csv(values: list[str]) -> bytes:
    rows = "".join(f'm,csv,"{value}",{NOW_MS - 7_200_000},1\n' for value in values)
    return f"__name__,job,user,timestamp_ms,value\n{rows}".encode()


def parquet(values: list[str]) -> bytes:
    count = len(values)
    columns = {
        "__name__": ["m"] * count,
        "job": ["parquet"] * count,
        "user": values,
        "timestamp_ms": [NOW_MS - 9_000_000] * count,
        "value": [1.0] * count,
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def send(server: Server, path: str, body: bytes, method: str = "POST", **headers: str) -> str:
    """The answer, whatever its status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.url + path, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"


RULES = "/api/v1/projects/default/privacy/rules"
ACTIONS = ("mask", "hash", "drop_field", "drop_record")


def switch_on(server: Server) -> None:
    """All built-in rules with all actions in turns, and one of our own."""
    rules = json.loads(server.get(RULES))["data"]["rules"]
    for place, rule in enumerate(rules):
        body = {name: rule[name] for name in ("name", "detector", "pattern", "fields")}
        body |= {"action": ACTIONS[place % 4], "enabled": True}
        answer = send(
            server, f"{RULES}/{rule['id']}", json.dumps(body).encode(), "PUT", If_Match=f'"{rule["version"]}"'
        )
        assert '"enabled":true' in answer, answer
    own = {"name": "staff", "pattern": "emp-[0-9]+", "action": "mask"}
    assert '"success"' in send(server, RULES, json.dumps(own).encode())


def send_by_all(server: Server, texts: Callable[[], list[str]]) -> list[str]:
    """What the senders are told."""
    samples = [{"name": "m", "labels": {"job": "json", "user": text}, "value": 1} for text in texts()]
    grouping = [base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in texts()]
    told = [
        send(server, "/api/v1/write", remote_write(texts()), Content_Type="application/x-protobuf"),
        send(server, "/write", "".join(f"m,job=influx,user={tag(text)} v=1\n" for text in texts()).encode()),
        send(server, "/api/v1/import/prometheus", exposition(texts(), secret_help=texts()[0])),
        send(server, "/api/v1/samples", json.dumps(samples).encode()),
        *(send(server, f"/metrics/job/group/user@base64/{text}", b"m 1\n") for text in grouping),
        send(server, "/api/v1/backfill", exposition(texts(), timed=True), Content_Type="text/plain"),
        send(server, "/api/v1/backfill", csv(texts()), Content_Type="text/csv"),
        send(server, "/api/v1/backfill", parquet(texts()), Content_Type="application/vnd.apache.parquet"),
    ]
    with connect(server.url.replace("http", "ws") + "/api/v1/push") as socket:
        for text in texts():
            socket.send(json.dumps([{"name": "m", "labels": {"job": "socket", "user": text}, "value": 1}]))
            told.append(str(socket.recv(10)))
    return told


JOBS = ("remote", "influx", "textFalse", "textTrue", "json", "group", "csv", "parquet", "socket")


def everything_shown(server: Server) -> str:
    """All that the API says of what is stored."""
    query = f"match[]={{job!=%22%22}}&start={NOW_MS / 1000 - 80_000}"
    paths = (
        f"/api/v1/series?{query}",
        "/api/v1/label/user/values",
        "/api/v1/metadata",
        "/api/v1/status/cardinality?limit=1000",
        "/api/v1/status/tsdb",
        "/api/v1/audit?limit=1000",
        "/api/v1/projects/default/privacy/counts",
        "/federate?match[]={job!=%22%22}",
        "/metrics",
        "/api/v1/query_range?query=m&step=600&start=" + f"{NOW_MS / 1000 - 10_000}&end={NOW_MS / 1000 + 10}",
    )
    tried = send(server, RULES.replace("rules", "dry-run"), b"{}")
    assert '"truncated":false' in tried
    return "".join([*map(server.get, paths), tried])


def live(socket: ClientConnection) -> Iterator[str]:
    """What comes until nothing more does, or for two seconds."""
    end_s = time.monotonic() + 2
    while time.monotonic() < end_s:
        try:
            yield str(socket.recv(0.5))
        except TimeoutError:
            return


def survivors(planted: list[str], *places: bytes) -> list[str]:
    """Secrets that are anywhere, as they are or as JSON has them."""
    whole = b"\n".join(places)
    return [secret for secret in planted if secret.encode() in whole or json.dumps(secret)[1:-1].encode() in whole]


def files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_nothing_that_was_planted_is_anywhere(tmp_path: Path) -> None:
    """Not in log and blocks, the API, the live stream, the log of the server, the audit log; and each way in was
    taken. What the senders hear names no secret either."""
    planter, data = Planter(1), tmp_path / "data"
    with serving(data, "--set", "http.access_log=true", "--set", "live.heartbeat=60s") as server:
        switch_on(server)
        with connect(server.url.replace("http", "ws") + "/ws/metrics/stream") as socket:
            socket.send(json.dumps({"op": "subscribe", "id": "raw", "selector": '{job!=""}', "interval_ms": 0}))
            socket.send(
                json.dumps({"op": "subscribe", "id": "sum", "promql": "m", "step_ms": 1000, "interval_ms": 100})
            )
            told = send_by_all(server, lambda: [planter.text() for _ in range(12)])
            streamed = "".join(live(socket))
        shown = everything_shown(server)
        in_log = files(data)
        send(server, "/api/v1/admin/tsdb/snapshot", b"")
        server.stop()
        output = "".join(text for text in server.process.communicate() if text)
    assert len(planter.planted) > 100
    for job in JOBS:
        assert f'"job":"{job}"' in shown, f"nothing came by {job}"
    assert '"job":"remote"' in streamed
    assert "/api/v1/write" in output
    texts = [*told, streamed, shown, output]
    left = survivors(planter.planted, *(text.encode() for text in texts))
    assert left == []
    left = survivors(planter.planted, *in_log, *files(data))
    assert left == []


def test_a_load_into_a_folder_has_the_rules_of_its_catalog(tmp_path: Path) -> None:
    """`vedette load` without a server: the same rules, of its catalog, hold."""
    planter, data = Planter(3), tmp_path / "data"
    with serving(data) as server:
        switch_on(server)
        server.stop()
    for name, body in (("a.csv", csv), ("b.parquet", parquet)):
        (tmp_path / name).write_bytes(body([planter.text() for _ in range(20)]))
    (tmp_path / "c.prom").write_bytes(exposition([planter.text() for _ in range(20)], timed=True))
    for name, form in (("a.csv", "csv"), ("b.parquet", "parquet"), ("c.prom", "text")):
        command = [VEDETTE, "load", str(tmp_path / name), "--data", str(data), "--format", form]
        command += ["--state", str(tmp_path / "state"), *QUIET]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        left = survivors(planter.planted, done.stdout.encode(), done.stderr.encode())
        assert left == []
    with serving(data) as server:
        shown = everything_shown(server)
    for job in ("csv", "parquet", "textTrue"):
        assert f'"job":"{job}"' in shown
    left = survivors(planter.planted, shown.encode(), *files(data))
    assert left == []


def test_rules_hold_from_the_first_moment_of_a_start(tmp_path: Path) -> None:
    """What is sent as soon as the server is ready is masked by the stored rules, and also when the catalog is damaged:
    then those that were read last hold, and the log says so."""
    data = tmp_path / "data"
    with serving(data) as server:
        switch_on(server)
        server.stop()
    series = 'm{user="emp-123456 went"} 1'
    for name in ("first", "second"):
        with serving(data) as server:
            server.push(series.replace("m{", f"{name}{{"))
            server.stop()
            output = server.process.communicate()[1]
        if name == "first":
            (data / "catalog.sqlite3").write_bytes(b"no database at all" * 1000)
    assert "privacy_rules_last_known" in output
    for path in data.glob("catalog.sqlite3*"):
        path.unlink()
    with serving(data) as server:
        assert server.get("/api/v1/label/user/values").count("[staff] went") == 1
        assert server.count('{user="[staff]%20went"}') == 2
    assert survivors(["emp-123456"], *files(data)) == []
