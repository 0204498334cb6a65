"""The compiled intern table answers exactly as its plain twin, on well-formed, nearly well-formed and random input."""

from __future__ import annotations

import importlib
import random
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vedette.kernel import intern
from vedette.kernel.intern import TableDoor, Walk
from vedette.kernel.plain_intern import PlainTable
from vedette.kernel.plain_remote_write import label_key
from vedette.kernel.protobuf import varint
from vedette.model.special import STALE_BITS

compiled = pytest.importorskip("vedette.kernel._intern", reason="the kernels are not built")

CHECK = settings(max_examples=150, deadline=None)


def outcome(step: Callable[[], Walk]) -> object:
    """The walk in comparable form: values by their bits, or the fatal problem."""
    try:
        walk = step()
    except ValueError as error:
        return error.args
    generation, refs, times, values, missed, keys, problems, examples, metadata = walk
    return (generation, bytes(refs), bytes(times), bytes(values), bytes(missed), keys, problems, examples, metadata)


def tables(max_misses: int = 1000) -> tuple[TableDoor, TableDoor]:
    return compiled.Table(b"0123456789abcdef", max_misses), PlainTable(max_misses)


def compare(walks: list[Callable[[TableDoor], Walk]], max_misses: int = 1000) -> None:
    """Run the walks one after the other on both, resolving what is missed as a pipeline does."""
    fast, plain = tables(max_misses)
    for walk in walks:
        found, expected = outcome(lambda walk=walk: walk(fast)), outcome(lambda walk=walk: walk(plain))
        assert found == expected
        if len(found) == 9:
            missed = np.frombuffer(found[4], dtype=np.int64)
            refs = np.where(missed % 5 == 4, -3, missed * 7)
            for table in (fast, plain):
                table.resolve(found[0], missed.tobytes(), refs.tobytes())


def mutate(body: bytes, seed: int) -> bytes:
    """The body with a few bytes changed, dropped or doubled."""
    generator = random.Random(seed)
    changed = bytearray(body)
    for _ in range(generator.randint(0, 4)):
        if not changed:
            break
        at = generator.randrange(len(changed))
        match generator.randrange(4):
            case 0:
                changed[at] = (
                    generator.choice(b'\x00\x0a\x08\xff\x80 ,={}"\\\n#1e.')
                    if generator.random() < 0.7
                    else generator.randrange(256)
                )
            case 1:
                del changed[at : at + generator.randint(1, 3)]
            case 2:
                changed[at:at] = changed[at : at + generator.randint(1, 9)]
            case _:
                del changed[at:]
    return bytes(changed)


numbers = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(
        [
            "NaN",
            "nan",
            "+Inf",
            "-inf",
            "infinity",
            "+nan",
            "1e999",
            "-1e-999",
            "1.",
            ".5",
            ".",
            "+",
            "-0",
            "0x1p4",
            "1_0",
            "9007199254740993",
            "123456789012345678901234567890",
            "4.9e-324",
            "2.2250738585072011e-308",
            "1e22",
            "1e23",
            "00000000000000000000000000001.5",
            "0.00000000000000000000000000000000001",
            "179769313486231580793e289",
            "1e+",
            "e5",
        ]
    ),
)
blanks = st.sampled_from([" ", "  ", "\t", " \t ", ""])
names = st.text(alphabet="ab_:9", min_size=0, max_size=4)
texts = st.text(alphabet='ab,= {}"\\né', max_size=6)


@st.composite
def exposition_line(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(
            st.sampled_from(
                [
                    "",
                    " ",
                    "# HELP a b",
                    "#TYPE a counter",
                    "# UNIT\ta s",
                    "# EOF",
                    "# EOF ",
                    "#",
                    "# HELPa",
                    "\r",
                    "# TYPE",
                ]
            )
        )
    labels = draw(st.lists(st.tuples(names, texts), max_size=3))
    inside = ",".join(
        f'{name}="' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        for name, value in labels
    )
    head = draw(names) + draw(st.sampled_from(["", "", " "])) + (("{" + inside + "}") if labels or kind == 1 else "")
    stamp = draw(st.one_of(st.just(""), st.integers(-(2**64), 2**64).map(str), st.floats().map(repr)))
    tail = draw(st.sampled_from(["", "", "", ' # {a="b"} 1', " x", "\r"]))
    return draw(blanks) + head + draw(blanks) + draw(numbers) + draw(blanks) + stamp + tail


@st.composite
def influx_line(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(
                ["", " ", "# x", "a", "a ", ",a b=1", "a b", "a b= 1", "a =1", "a\\", "a b=1,", 'a b="', "\r"]
            )
        )
    part = st.text(alphabet='ab\\ ,=é"', min_size=0, max_size=4)
    tags = "".join(f",{draw(part)}={draw(part)}" for _ in range(draw(st.integers(0, 2))))
    value = st.one_of(
        numbers,
        st.integers(-(2**65), 2**65).map(lambda n: f"{n}i"),
        st.integers(-3, 2**65).map(lambda n: f"{n}u"),
        st.sampled_from(["t", "False", "true", "T", '"s"', '"a\nb"', '"a\\"b"', '"', "i", "-i", "", "tr"]),
    )
    fields = ",".join(f"{draw(names)}={draw(value)}" for _ in range(draw(st.integers(1, 3))))
    stamp = draw(
        st.one_of(
            st.just(""),
            st.integers(-(2**64), 2**64).map(lambda n: f" {n}"),
            st.just(" x"),
            st.just(" 1 2"),
            st.just(" "),
        )
    )
    return (
        draw(st.sampled_from(["m", "m", "cpu", "", "a\\ b"]))
        + tags
        + " "
        + fields
        + stamp
        + draw(st.sampled_from(["", "", "\r"]))
    )


@CHECK
@given(st.lists(st.lists(exposition_line(), max_size=6), min_size=1, max_size=3), st.booleans(), st.integers(0, 2**20))
@example([['a{b="c"} 1', "a 2", "a {x} 3"], ['a{b="c"} 1', "a 2 {"]], False, 0)
def test_exposition_equals_its_twin(documents: list[list[str]], openmetrics: bool, seed: int) -> None:
    """Any exposition text, asked several times, gives the same columns, misses and problems."""
    rendered = ["\n".join(lines).encode() for lines in documents]
    rendered += [mutate(body, seed + index) for index, body in enumerate(rendered)]
    compare([lambda table, body=body: table.exposition(body, openmetrics) for body in [*rendered, *rendered]])


@CHECK
@given(
    st.lists(st.lists(influx_line(), max_size=6), min_size=1, max_size=3),
    st.sampled_from([(1, 1_000_000), (1, 1000), (1, 1), (1000, 1), (3_600_000, 1)]),
    st.integers(0, 2**20),
)
@example([['m f="a\nb",g=1 5\nm f="'], ["m f=1", "m f=1,g=2 -1"]], (1, 1_000_000), 0)
def test_line_protocol_equals_its_twin(documents: list[list[str]], factors: tuple[int, int], seed: int) -> None:
    """Any line protocol, asked several times, gives the same columns, misses and problems."""
    rendered = ["\n".join(lines).encode() for lines in documents]
    rendered += [mutate(body, seed + index) for index, body in enumerate(rendered)]
    compare([lambda table, body=body: table.influx(body, *factors) for body in [*rendered, *rendered]])


def message(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def sample_message(value: float, timestamp_ms: int) -> bytes:
    return b"\x09" + struct.pack("<d", value) + b"\x10" + varint(timestamp_ms % 2**64)


label_lists = st.lists(st.tuples(st.sampled_from([b"__name__", b"a", b"b"]), st.binary(max_size=5)), max_size=3)
values = st.one_of(
    st.floats(),
    st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0]),
    st.just(struct.unpack("<d", struct.pack("<Q", STALE_BITS))[0]),
)
samples = st.lists(st.tuples(values, st.integers(-(2**63), 2**63 - 1)), max_size=3)


@st.composite
def write_request_1(draw: st.DrawFn) -> bytes:
    body = b""
    for _ in range(draw(st.integers(0, 4))):
        flat = [text for pair in draw(label_lists) for text in pair]
        parts = [label_key(flat)] + [message(2, sample_message(*one)) for one in draw(samples)]
        parts += draw(
            st.lists(
                st.sampled_from([message(3, b"x"), message(4, b""), message(1, b""), b"\x28\x05", b"\x31" + bytes(8)]),
                max_size=2,
            )
        )
        if draw(st.booleans()):
            parts = draw(st.permutations(parts))
        body += message(1, b"".join(parts))
    if draw(st.booleans()):
        body += message(3, b"\x08\x01\x12\x01a")
    return body


@st.composite
def write_request_2(draw: st.DrawFn) -> bytes:
    symbols = [b"", *draw(st.lists(st.binary(max_size=5), max_size=5))]
    body = b""
    for _ in range(draw(st.integers(0, 4))):
        refs = draw(st.lists(st.integers(0, len(symbols)), max_size=6))
        parts = (
            [message(1, b"".join(map(varint, refs)))]
            if draw(st.booleans())
            else [b"\x08" + varint(ref) for ref in refs]
        )
        parts += [message(2, sample_message(*one)) for one in draw(samples)]
        parts += draw(
            st.lists(
                st.sampled_from(
                    [message(3, b""), message(4, b""), message(5, b"\x08\x01\x18\x01\x20\x02"), message(5, b"\x18\x63")]
                ),
                max_size=2,
            )
        )
        body += message(5, b"".join(parts))
    table = b"".join(message(4, symbol) for symbol in symbols)
    return body + table if draw(st.booleans()) else table + body


@CHECK
@given(st.integers(1, 2), st.data(), st.integers(0, 2**20))
def test_remote_write_equals_its_twin(version: int, data: st.DataObject, seed: int) -> None:
    """Any write request of both versions gives the same columns, misses and problems, or fails at the same byte."""
    request = write_request_1() if version == 1 else write_request_2()
    bodies = data.draw(st.lists(request, min_size=1, max_size=3))
    bodies += [mutate(body, seed + index) for index, body in enumerate(bodies)]
    compare([lambda table, body=body: table.remote_write(body, version) for body in [*bodies, *bodies]])


@CHECK
@given(st.binary(max_size=200))
def test_random_bytes_equal_the_twin(body: bytes) -> None:
    """Bytes of no format do no harm and are judged alike."""
    compare(
        [
            lambda table: table.remote_write(body, 1),
            lambda table: table.remote_write(body, 2),
            lambda table: table.exposition(body, False),
            lambda table: table.exposition(body, True),
            lambda table: table.influx(body, 1, 1),
        ]
    )


@CHECK
@given(numbers)
def test_numbers_are_correctly_rounded(text: str) -> None:
    """A number in an exposition has the bits that Python's float gives it."""
    fast, plain = tables()
    body = f"a {text}\n".encode()
    assert outcome(lambda: fast.exposition(body, False)) == outcome(lambda: plain.exposition(body, False))


@CHECK
@given(
    st.lists(st.lists(st.sampled_from([b"a", b"bb", b"c" * 70_000, b"", b"d"]), max_size=8), max_size=4),
    st.integers(0, 3),
)
def test_lookup_equals_its_twin(batches: list[list[bytes]], max_misses: int) -> None:
    """Keys are found, missed and refused alike, also where a request may miss only a few."""
    compare([lambda table, keys=keys: table.lookup(keys) for keys in batches], max_misses)


def test_forgetting_and_retrying() -> None:
    """Both tables drop everything at `forget`, ask again after `retry`, and ignore refs of an older generation."""
    results = []
    for table in tables():
        first = table.lookup([b"a", b"b", b"a"])
        table.resolve(first[0], bytes(first[4]), np.array([5, -3], dtype=np.int64).tobytes())
        known = np.frombuffer(table.lookup([b"b", b"a"])[1], dtype=np.int64).tolist()
        table.retry([-3])
        again = table.lookup([b"a", b"b"])
        used = table.sweep()
        table.forget()
        table.resolve(first[0], bytes(first[4]), np.array([1, 1], dtype=np.int64).tobytes())
        after = table.lookup([b"a"])
        results.append((known, again[5], used[:2], np.frombuffer(after[1], dtype=np.int64).tolist(), after[0]))
        with pytest.raises(ValueError, match="entry"):
            table.resolve(after[0], np.array([7], dtype=np.int64).tobytes(), np.array([1], dtype=np.int64).tobytes())
    assert results[0] == results[1]
    assert results[0] == ([-3, 5], [b"b"], (2, 2), [intern.MISSED], 1)


def test_the_compiled_class_is_used_where_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel serves by default, the twin when asked for."""
    monkeypatch.setattr("vedette.kernel.WANTED", True)
    assert type(intern.new_table(10)) is importlib.import_module("vedette.kernel._intern").Table
    monkeypatch.setattr("vedette.kernel.WANTED", False)
    assert isinstance(intern.new_table(10), PlainTable)
