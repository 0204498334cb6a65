"""The data set of the benchmarks: hosts with ten cpu metrics each, a random walk with two decimals, in every protocol.

Labels are those of the Time Series Benchmark Suite (hostname, region, datacenter, rack, os, arch, team, service, ...).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cramjam
import numpy as np
import numpy.typing as npt

METRICS = tuple(
    f"cpu_usage_{mode}"
    for mode in ("user", "system", "idle", "nice", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")
)
REGIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "sa-east-1",
)
STEP_MS = 10_000


def host_labels(host: int, rng: np.random.Generator) -> dict[str, str]:
    """The ten labels of one host."""
    region = REGIONS[int(rng.integers(len(REGIONS)))]
    return {
        "arch": str(rng.choice(["x64", "x86"])),
        "datacenter": f"{region}{'abc'[int(rng.integers(3))]}",
        "hostname": f"host_{host}",
        "os": str(rng.choice(["Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"])),
        "rack": str(rng.integers(100)),
        "region": region,
        "service": str(rng.integers(20)),
        "service_environment": str(rng.choice(["production", "staging", "test"])),
        "service_version": str(rng.integers(2)),
        "team": str(rng.choice(["SF", "NYC", "LON", "CHI"])),
    }


@dataclass(slots=True)
class HostData:
    """`hosts` x 10 series, a sample every 10 s from `start_ms` on; values come in rows of one moment each."""

    hosts: int
    steps: int
    start_ms: int
    seed: int = 1
    labels: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        for host in range(self.hosts):
            base = host_labels(host, rng)
            self.labels += [{"__name__": metric, **base} for metric in METRICS]

    @property
    def series(self) -> int:
        return len(self.labels)

    @property
    def samples(self) -> int:
        return self.series * self.steps

    @property
    def end_ms(self) -> int:
        """The last moment that has samples."""
        return self.start_ms + (self.steps - 1) * STEP_MS

    def moments(self) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
        """(timestamp_ms, values of all series), in order."""
        rng = np.random.default_rng(self.seed + 1)
        current = rng.uniform(0, 100, self.series)
        for step in range(self.steps):
            current = np.clip(current + rng.normal(0, 1, self.series), 0, 100)
            yield self.start_ms + step * STEP_MS, np.round(current, 2)


def varint(number: int) -> bytes:
    """A protobuf varint."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def delimited(tag: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return varint(tag << 3 | 2) + varint(len(payload)) + payload


class RemoteWriteTemplate:
    """A remote write 1.0 request for one moment of all series; only values and timestamp change between requests."""

    def __init__(self, labels: list[dict[str, str]]) -> None:
        parts, offset, self._value_at, self._time_at = [], 0, [], []
        sample = b"\x09" + bytes(8) + b"\x10" + varint(1_700_000_000_000)
        for one in labels:
            pairs = b"".join(
                delimited(1, delimited(1, name.encode()) + delimited(2, value.encode()))
                for name, value in sorted(one.items())
            )
            message = delimited(1, pairs + delimited(2, sample))
            parts.append(message)
            offset += len(message)
            self._value_at.append(offset - len(sample) + 1)
            self._time_at.append(offset - len(sample) + 10)
        self._buffer = np.frombuffer(bytearray(b"".join(parts)), dtype=np.uint8)
        self._values = np.array(self._value_at)[:, None] + np.arange(8)
        self._times = np.array(self._time_at)[:, None] + np.arange(6)

    def body(self, time_ms: int, values: npt.NDArray[np.float64]) -> bytes:
        """The snappy-compressed request."""
        self._buffer[self._values] = values.view(np.uint8).reshape(-1, 8)
        self._buffer[self._times] = np.frombuffer(varint(time_ms), dtype=np.uint8)
        return bytes(cramjam.snappy.compress_raw(self._buffer.tobytes()))


def influx_body(data: HostData, hosts: range, time_ms: int, values: npt.NDArray[np.float64]) -> bytes:
    """Line protocol: a line for each host with its ten fields, nanosecond timestamps."""
    lines = []
    texts = [f"{value:.2f}".rstrip("0").rstrip(".") for value in values[hosts.start * 10 : hosts.stop * 10].tolist()]
    for index, host in enumerate(hosts):
        labels = data.labels[host * 10]
        tags = ",".join(f"{name}={value}" for name, value in labels.items() if name != "__name__")
        fields = ",".join(
            f"{metric.removeprefix('cpu_')}={text}"
            for metric, text in zip(METRICS, texts[index * 10 : index * 10 + 10], strict=True)
        )
        lines.append(f"cpu,{tags} {fields} {time_ms * 1_000_000}")
    return "\n".join(lines).encode() + b"\n"


def exposition_lines(labels: list[dict[str, str]]) -> list[str]:
    """What stands before the value in each line of the text format."""
    return [
        one["__name__"] + "{" + ",".join(f'{k}="{v}"' for k, v in one.items() if k != "__name__") + "} "
        for one in labels
    ]
