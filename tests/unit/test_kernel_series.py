"""The kernel of series records beside the plain way, and on bytes that nobody wrote."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel.series import BUILT, decode_series
from vedette.model.labels import Labels
from vedette.tsdb.series_id import KEY_BYTES, series_id
from vedette.tsdb.wal_records import Decoder, Encoder

pytestmark = pytest.mark.skipif(not BUILT, reason="the kernel was not built")
KEY = bytes(range(KEY_BYTES))
_texts = st.one_of(
    st.sampled_from(("", "a", "host", "host_1", "é" * 20, "x" * 31, "x" * 32, "x" * 300)), st.text(max_size=9)
).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
_labels = st.dictionaries(_texts, _texts, max_size=20).map(lambda pairs: Labels(tuple(sorted(pairs.items()))))
_series = st.lists(st.tuples(st.integers(0, 2**32 - 1), _labels), max_size=20)


def packed(series: list[tuple[int, Labels]]) -> bytes:
    return msgspec.msgpack.encode([[ref, [text for pair in labels.pairs for text in pair]] for ref, labels in series])


@settings(max_examples=200, deadline=None)
@given(_series)
def test_it_gives_what_the_plain_way_gives(series: list[tuple[int, Labels]]) -> None:
    """Refs, pairs and ids of any series are those of the decoder and of series_id; equal pairs are one object."""
    shared: dict[tuple[str, str], tuple[str, str]] = {}
    found = decode_series(memoryview(packed(series)), KEY, shared)
    assert found is not None
    refs, rows, ids = found
    assert refs.tolist() == [ref for ref, _ in series]
    assert rows == [labels.pairs for _, labels in series]
    assert ids == [series_id(KEY, labels) for _, labels in series]
    assert all(pair is shared[pair] for row in rows for pair in row)


@settings(max_examples=100, deadline=None)
@given(_series)
def test_the_decoder_identifies_what_it_decodes(series: list[tuple[int, Labels]]) -> None:
    """Through a record of the log the kernel and the plain decoder agree."""
    buffers = Encoder().series([ref for ref, _ in series], [labels for _, labels in series])
    payload = memoryview(b"".join(buffers[1:]))
    refs, labels, ids = Decoder().identified(payload, KEY)
    assert list(zip(refs.tolist(), labels, strict=True)) == Decoder().series(payload) == series
    assert ids == [series_id(KEY, one) for one in labels]


@settings(max_examples=300, deadline=None)
@given(_series.filter(bool), st.data())
def test_damaged_bytes_are_left_to_the_plain_way(series: list[tuple[int, Labels]], data: st.DataObject) -> None:
    """Cut or altered bytes give None or a reading of what they now say, and never more rows than there are bytes."""
    content = bytearray(packed(series))
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = content[: data.draw(st.integers(0, len(content)))]
    for damaged in (content, cut, b"", b"\xdd\xff\xff\xff\xff", b"\x91\x92\x01\xdd\xff\xff\xff\xfe"):
        found = decode_series(memoryview(damaged), KEY, {})
        if found is not None:
            assert msgspec.msgpack.decode(damaged) == [
                [ref, [text for pair in row for text in pair]]
                for ref, row in zip(found[0].tolist(), found[1], strict=True)
            ]


def test_text_that_is_no_utf8_is_left_to_the_plain_way() -> None:
    """The plain decoder is the one to say what is wrong."""
    assert decode_series(memoryview(b"\x91\x92\x01\x92\xa1\xff\xa1a"), KEY, {}) is None


def test_ids_are_those_of_messages_of_any_length() -> None:
    """BLAKE2b works in blocks of 128 bytes: lengths around them are where an implementation errs."""
    series = [(length, Labels((("n", "v" * length),))) for length in range(400)]
    found = decode_series(memoryview(packed(series)), KEY, {})
    assert found is not None
    assert found[2] == [series_id(KEY, labels) for _, labels in series]
    assert found[0].dtype == np.int64
