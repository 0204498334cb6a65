"""What signing in costs: ingest and a small query with and without a key, guessing passwords, the first request."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from itertools import islice
from pathlib import Path

from bench.data import HostData, RemoteWriteTemplate
from bench.load import QUERIES, REMOTE_WRITE_HEADERS, Connection, median_ms, percentile
from bench.process import Server, vedette
from bench.report import Report
from bench.run import Options

TITLE = "access: with a key and without"
_PASSWORD = "correct horse battery"
_ROUNDS = {2_000: 8, 10_000: 4}
"""Samples of a request -> how often both servers are started anew."""
_SAMPLES = 2_000_000
_LOGINS = 40
_STARTS = 5
# What is measured is the check, not how soon it says no.
_WITHOUT_LIMITS = [
    *("--set", "http.rates.ingest_per_s=1e9", "--set", "http.rates.query_per_s=1e9"),
    *("--set", "http.rates.login_per_s=1e9", "--set", "auth.login_free_attempts=1000000"),
]
Headers = dict[str, str]


def run(report: Report, options: Options) -> None:
    """Two servers side by side; each request goes to one and then to the other, so that the machine is the same."""
    folder = options.folder / "access"
    for samples, rounds in _ROUNDS.items():
        _ingest(report, folder, samples, rounds)
    opened, closed, key, cookie = _both(folder, 0)
    _query(report, _fill(opened, closed, key, 1000, 360)[2], opened, closed, key, cookie)
    _guessing(report, closed)
    _many_logins(report, closed, key)
    for server in (opened, closed):
        server.stop()
    _first_request(report, folder)


def _both(folder: Path, turn: int) -> tuple[Server, Server, Headers, Headers]:
    """(open, with accounts, headers with a key, headers of a browser); who starts first alternates."""
    opened = vedette(folder / "open", 9310, *_WITHOUT_LIMITS)
    closed = with_accounts(folder / "closed", 9311)
    for server in (opened, closed) if turn % 2 else (closed, opened):
        server.start(fresh=True)
    cookie = set_up(closed)
    return opened, closed, {"Authorization": f"Bearer {new_key(closed, cookie)}"}, cookie


def with_accounts(folder: Path, port: int) -> Server:
    """A server where people sign in."""
    server = vedette(folder, port, *_WITHOUT_LIMITS)
    server.command.remove("--no-auth")
    return server


def set_up(server: Server) -> Headers:
    """Use the one-time link; the headers of a browser that is signed in."""
    token_file = server.data / "secrets" / "setup.token"
    while not token_file.exists():
        time.sleep(0.01)
    body = {"token": token_file.read_text().split()[0], "name": "root", "password": _PASSWORD}
    status, headers, answer = _send(server.port, "POST", "/api/v1/setup", body, {})
    if status != 201:
        raise SystemExit(f"setup: {status} {answer!r}")
    cookie = headers["set-cookie"].partition(";")[0]
    return {"Cookie": cookie, "X-CSRF-Token": answer["data"]["csrf"]}


def new_key(server: Server, cookie: Headers) -> str:
    """A key that may do everything in the first project."""
    wanted = {"name": "bench", "scopes": ["admin"]}
    _, _, answer = _send(server.port, "POST", "/api/v1/profile/keys", wanted, cookie)
    return str(answer["data"]["secret"])


def _send(
    port: int, method: str, path: str, body: object, headers: Headers
) -> tuple[int, Headers, dict[str, dict[str, str]]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    answer = json.loads(response.read() or b"{}")
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, answer


def _ingest(report: Report, folder: Path, samples: int, rounds: int) -> None:
    """Remote write of the same requests to fresh servers, several times: one pair differs by more than the key."""
    costs: list[list[float]] = []
    medians: list[list[float]] = []
    for turn in range(rounds):
        opened, closed, key, _ = _both(folder, turn)
        cost, times, _ = _fill(opened, closed, key, samples // 10, _SAMPLES // samples)
        costs.append(cost)
        medians.append([median_ms(one) for one in times])
        for server in (opened, closed):
            server.stop()
    for what, unit, values in (("CPU-s per M samples", "s", costs), ("median of a request", "ms", medians)):
        columns = [statistics.median(column) for column in zip(*values, strict=True)]
        report.add(f"{samples} samples a request: {what}", unit, _pair(columns))
        ratios = sorted(after / before for before, after in values)
        report.add(
            f"{samples} samples a request: {what}, with the key to without",
            "",
            {"vedette": statistics.median(ratios), "least": ratios[0], "most": ratios[-1]},
            at_most=1.03,
        )
    rates = [samples / median for median in (statistics.median(column) for column in zip(*medians, strict=True))]
    report.add(f"{samples} samples a request: rate", "M samples/s", _pair([rate / 1000 for rate in rates]))


def _fill(
    opened: Server, closed: Server, key: Headers, hosts: int, steps: int
) -> tuple[list[float], list[list[float]], int]:
    """(CPU seconds per M samples of both, times of all requests of both, the end of the data)."""
    start_ms = int(time.time() * 1000) // 10_000 * 10_000 - (steps + 1) * 10_000
    data = HostData(hosts, steps, start_ms)
    template = RemoteWriteTemplate(data.labels)
    both = [(opened, dict(REMOTE_WRITE_HEADERS)), (closed, REMOTE_WRITE_HEADERS | key)]
    connections = [Connection(server.port) for server, _ in both]
    times: list[list[float]] = [[], []]
    moments = data.moments()
    first = template.body(*next(moments))
    for (server, headers), connection in zip(both, connections, strict=True):
        connection.post(server.write_path, first, headers)
    before = [server.cpu_s() for server, _ in both]
    while chunk := [template.body(*moment) for moment in islice(moments, 100)]:
        for number, body in enumerate(chunk):
            # Whoever comes second finds the machine as the first has left it: they take turns.
            for which in (0, 1) if number % 2 else (1, 0):
                server, headers = both[which]
                began = time.perf_counter()
                connections[which].post(server.write_path, body, headers)
                times[which].append(time.perf_counter() - began)
    millions = (data.samples - data.series) / 1e6
    costs = [(server.cpu_s() - cpu_s) / millions for (server, _), cpu_s in zip(both, before, strict=True)]
    return costs, times, data.end_ms


def _pair(values: list[float]) -> dict[str, float | None]:
    return {"without": values[0], "vedette": values[1]}


def _query(report: Report, end_ms: int, opened: Server, closed: Server, key: Headers, cookie: Headers) -> None:
    """Q1 in turns: open, with a key, with a session."""
    path = next(query for query in QUERIES if query.name == "Q1").path(end_ms, "")
    ways = {"without": (opened, {}), "vedette": (closed, key), "session": (closed, {"Cookie": cookie["Cookie"]})}
    connections = {name: http.client.HTTPConnection("127.0.0.1", server.port) for name, (server, _) in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(2000):
        for name, (_, headers) in ways.items():
            began = time.perf_counter()
            connections[name].request("GET", path, headers=headers)
            response = connections[name].getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"{name}: {response.status}")
            if turn >= 100:
                times[name].append(time.perf_counter() - began)
    report.add("Q1: median", "ms", {name: median_ms(values) for name, values in times.items()})
    report.add("Q1: p95", "ms", {name: percentile(values, 95) for name, values in times.items()})


def _login(server: Server, name: str, password: str) -> tuple[float, int]:
    began = time.perf_counter()
    status, _, _ = _send(server.port, "POST", "/api/v1/session", {"name": name, "password": password}, {})
    return time.perf_counter() - began, status


def _guessing(report: Report, server: Server) -> None:
    """Whether the time tells that a user exists: differences beside the noise of the same kind of attempt."""
    times: dict[str, list[float]] = {"wrong password": [], "nobody": [], "nobody again": []}
    names = {"wrong password": "root", "nobody": "mallory", "nobody again": "trent"}
    for turn in range(_LOGINS + 3):
        for kind, name in names.items():
            seconds, status = _login(server, name, "wrong password")
            if status != 401:
                raise SystemExit(f"sign-in: {status}")
            if turn >= 3:
                times[kind].append(seconds)
    report.add("sign-in refused: median", "ms", {kind: median_ms(values) for kind, values in times.items()})
    spread = {kind: statistics.stdev(values) / len(values) ** 0.5 * 1000 for kind, values in times.items()}
    report.add("sign-in refused: standard error of the mean", "ms", dict(spread))


def _many_logins(report: Report, server: Server, key: Headers) -> None:
    """Small questions while twenty people sign in at once."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    took: dict[str, list[float]] = {"a question": [], "who am I": []}
    paths = {"a question": "/api/v1/query?query=1", "who am I": "/api/v1/session"}

    def ask(kind: str) -> None:
        began = time.perf_counter()
        connection.request("GET", paths[kind], headers=key)
        connection.getresponse().read()
        took[kind].append(time.perf_counter() - began)

    statuses: list[int] = []
    people = [threading.Thread(target=lambda: statuses.append(_login(server, "root", _PASSWORD)[1])) for _ in range(20)]
    began = time.perf_counter()
    for person in people:
        person.start()
    while any(person.is_alive() for person in people):
        for kind in paths:
            ask(kind)
        time.sleep(0.002)
    seconds = time.perf_counter() - began
    report.add("20 sign-ins at once: all done after", "s", {"vedette": seconds})
    report.add("20 sign-ins at once: of them let in", "", {"vedette": float(statuses.count(201))})
    for kind, values in took.items():
        report.add(f"20 sign-ins at once: {kind}, median", "ms", {"vedette": median_ms(values)})
        report.add(f"20 sign-ins at once: {kind}, slowest", "ms", {"vedette": max(values) * 1000})


def _first_request(report: Report, folder: Path) -> None:
    """From the start of the process: ready, and the first answer to a key; the link on an empty folder."""
    ready: list[float] = []
    answered: list[float] = []
    linked: list[float] = []
    for _ in range(_STARTS):
        server = with_accounts(folder / "first", 9312)
        began = time.perf_counter()
        server.start(fresh=True)
        token = server.data / "secrets" / "setup.token"
        while not token.exists():
            time.sleep(0.001)
        linked.append(time.perf_counter() - began)
        headers = {"Authorization": f"Bearer {new_key(server, set_up(server))}"}
        server.stop()
        began = time.perf_counter()
        ready.append(server.start())
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/api/v1/query?query=1", headers=headers)
        if connection.getresponse().status != 200:
            raise SystemExit("the key does not work after a restart")
        answered.append(time.perf_counter() - began)
        server.stop()
    report.add("start: ready", "s", {"vedette": statistics.median(ready)})
    report.add("start: first answer to a key", "s", {"vedette": statistics.median(answered)})
    report.add("start on an empty folder: link for the set-up", "s", {"vedette": statistics.median(linked)})
