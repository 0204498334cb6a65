"""Every decoder on hostile bytes: it answers with samples or BadData, quickly, and nothing else ever comes out."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import cramjam
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.errors import BadData, LimitExceeded
from vedette.ingest.decompress import ENCODINGS, decompress
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.protocols import exposition, influx, json_samples, remote_write
from vedette.ingest.settings import IngestSettings
from vedette.kernel.plain_remote_write import label_key
from vedette.kernel.protobuf import Reader
from vedette.model.batch import AppendReport, SampleBatch
from vedette.storage.memory import MemoryStorage

GOLDEN = Path(__file__).parents[1] / "golden" / "ingest"
OPTIONS = [
    ("remote_write", remote_write.Options(1)),
    ("remote_write", remote_write.Options(2)),
    ("influx", influx.Options()),
    ("influx", influx.Options("h")),
    ("exposition", exposition.Options()),
    ("exposition", exposition.Options("application/openmetrics-text")),
    ("exposition", exposition.Options(strict=True)),
    ("json", json_samples.Options()),
]


# One symbol of 64 KiB to which thousands of series refer.
LONG_SYMBOLS = b"\x22\xff\xff\x03" + b"x" * 65535
LONG_SYMBOLS += (b"\x2a\x0f" + b"\x0a\x02\x00\x00" + b"\x12\x09\x09" + bytes(8)) * 3000


class Checked(MemoryStorage):
    """Refuses what the port forbids to be handed in."""

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        assert len(batch.refs) == len(batch.timestamps_ms) == len(batch.values)
        assert batch.refs.min(initial=0) >= 0
        assert np.abs(batch.timestamps_ms).max(initial=0) < 2**62
        return AppendReport(accepted=len(batch))


def bodies(name: str) -> list[bytes]:
    """Golden bodies of a protocol, decompressed."""
    found = [path.read_bytes() for path in sorted((GOLDEN / name).glob("*.in"))]
    return [bytes(cramjam.snappy.decompress_raw(body)) for body in found] if name == "remote_write" else found


def mutated(body: bytes, generator: random.Random) -> bytes:
    """A body with a few spans changed, dropped, doubled or joined from elsewhere."""
    changed = bytearray(body)
    for _ in range(generator.randint(1, 6)):
        at = generator.randrange(len(changed) + 1)
        length = generator.choice((1, 1, 2, 5, 40))
        match generator.randrange(5):
            case 0:
                changed[at : at + length] = generator.randbytes(length)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length] * generator.choice((1, 1, 50))
            case 3:
                changed[at:at] = generator.choice(
                    (b"\xff" * 10, b"{", b'"', b"\\", b"\n", b" ", b",", b"=", b"\x00", b"1e999")
                )
            case _:
                del changed[at:]
    return bytes(changed)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_mutated_bodies_are_taken_or_refused(name: str, options: object) -> None:
    """Real bodies with damage: every sample is accepted or dropped with a reason, or the whole is BadData."""
    generator = random.Random(f"{name}{options}")
    source = Pipeline(Checked(), FakeClock(10**12), IngestSettings(), CollectorRegistry()).source("default", name)
    originals = bodies(name)
    for _ in range(400):
        body = mutated(generator.choice(originals), generator)
        try:
            written = source.write(body, options)
        except BadData:
            continue
        assert written.report.accepted <= written.scraped
        assert written.scraped <= written.report.accepted + written.report.dropped_total


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(OPTIONS), st.binary(max_size=400))
def test_random_bytes_are_taken_or_refused(protocol: tuple[str, object], body: bytes) -> None:
    """Bytes of no format at all."""
    pipeline = Pipeline(Checked(), FakeClock(10**12), IngestSettings(), CollectorRegistry())
    with suppress(BadData):
        pipeline.source("default", protocol[0]).write(body, protocol[1])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ENCODINGS), st.binary(max_size=300))
def test_random_bytes_do_not_decompress_to_harm(encoding: str, body: bytes) -> None:
    """Broken compression is BadData, too much of it LimitExceeded."""
    limits = IngestSettings(max_body_decoded_bytes=2**20)
    with suppress(BadData, LimitExceeded):
        assert len(decompress(body, encoding, limits)) <= 2**20


@pytest.mark.parametrize(
    ("name", "options", "body"),
    [
("remote_write", remote_write.Options(2), LONG_SYMBOLS),
        ("remote_write", remote_write.Options(1), b"\x0a\x02\x12\x00" * 100_000),
        ("remote_write", remote_write.Options(2), b"\x22\x00" * 200_000),
        ("influx", influx.Options(), b'm f="\n' * 50_001),
        ("influx", influx.Options(), b"m" + b",a=b" * 100_000 + b" f=1"),
        ("influx", influx.Options(), b"m " + b"f=1," * 50_000 + b"g=1"),
        ("influx", influx.Options(), b"\\" * 300_000),
        ("exposition", exposition.Options(), b"a{" + b'b="c",' * 50_000 + b"} 1\n"),
        ("exposition", exposition.Options(), b"a 1" + b"0" * 300_000 + b"\n"),
        ("exposition", exposition.Options(), b"# HELP a " + b"\\" * 300_000 + b"\n"),
        ("exposition", exposition.Options(), b"{" * 300_000),
        ("json", json_samples.Options(), b"[" * 300_000),
        ("json", json_samples.Options(), b'{"a":' * 100_000),
    ],
)  # fmt: skip
def test_bodies_made_to_hang_do_not(name: str, options: object, body: bytes) -> None:
    """Deep nesting, open quotes, endless labels, digits and references: all end, well within the test's time limit."""
    source = Pipeline(Checked(), FakeClock(10**12), IngestSettings(), CollectorRegistry()).source("default", name)
    with suppress(BadData):
        assert source.write(body, options).scraped >= 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=140), max_size=8).filter(lambda texts: len(texts) % 2 == 0), st.integers(0, 2**20))
def test_short_label_keys_are_read_as_long_ones(texts: list[bytes], seed: int) -> None:
    """The quick way of reading a remote write key gives what reading it field by field gives, or leaves it alone."""
    key = mutated(label_key(texts), random.Random(seed)) if seed % 2 else label_key(texts)
    try:
        quick = remote_write._parse_short(key)
    except UnicodeDecodeError:
        return
    if quick is None:
        return
    reader = Reader(key, 0, len(key))
    slow = []
    while reader:
        assert reader.field() == (1, 2)
        slow.append(remote_write._parse_label(key, *reader.span()))
    assert quick == slow
