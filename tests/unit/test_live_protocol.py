"""The live protocol and the queue of one client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.clock import FakeClock
from vedette.errors import BadData, QuerySyntax
from vedette.live.client import Client, Subscription
from vedette.live.protocol import (
    Subscribe,
    encode_values,
    error_message,
    frame_tail,
    message,
    parse_message,
    series_tail,
    with_head,
)
from vedette.live.question import Question, QuestionState, RefKeys, pivot, selectors_of
from vedette.live.settings import LiveSettings
from vedette.live.trips import trips
from vedette.model.labels import Labels
from vedette.promql.parser import parse


def _subscription(client: Client, name: str = "a") -> Subscription:
    subscription = Subscription(name, client, QuestionState(Question("default", "x", 1000, 1000, raw=False), ()))
    subscription.held = None
    return subscription


async def _drain(client: Client) -> list[dict[str, object]]:
    messages = []
    while client._queue:
        messages.append(json.loads(await client.next_message()))
    return messages


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"op":"dance"}',
        '{"op":"subscribe"}',
        '{"op":"subscribe","id":"a"}',
        '{"op":"subscribe","id":"a","promql":"x","selector":"y"}',
        '{"op":"subscribe","id":"","promql":"x"}',
        '{"op":"subscribe","id":"a","promql":"x","interval_ms":7}',
        '{"op":"subscribe","id":"a","promql":"x","step_ms":0}',
        '{"op":"subscribe","id":"a","promql":"x","since_ms":-1}',
        '{"op":"subscribe","id":"a","promql":"x","colour":"red"}',
    ],
)
def test_a_message_that_makes_no_sense_is_bad_data(text: str) -> None:
    """Whatever a client sends that is no message of the protocol is refused in words."""
    with pytest.raises(BadData):
        parse_message(text)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_random_bytes_never_do_more_than_bad_data(data: bytes) -> None:
    """The decoder meets hostile bytes with BadData alone."""
    with contextlib.suppress(BadData):
        parse_message(data)


def test_a_good_subscription_parses_with_its_defaults() -> None:
    """Step and interval are a second when not given."""
    wish = parse_message('{"op":"subscribe","id":"a","promql":"up"}')
    assert wish == Subscribe(id="a", promql="up", step_ms=1000, interval_ms=1000, since_ms=0)


def test_messages_are_json_with_hostile_text_kept_as_text() -> None:
    """Ids and label values with quotes and markup survive encoding."""
    name = '"</script>\n'
    labels = Labels.of({"__name__": "x", "path": name})
    series = json.loads(with_head("series", name, series_tail([(0, labels)])))
    assert series == {"type": "series", "id": name, "series": [{"key": 0, "labels": labels.as_dict()}]}
    tail = frame_tail(np.array([5]), {0: [1.5]}, 7, 6)
    assert json.loads(with_head("frame", name, tail)) == {
        "type": "frame",
        "id": name,
        "timestamps_ms": [5],
        "values": {"0": [1.5]},
        "now_ms": 7,
        "ingested_ms": 6,
    }


def test_absent_and_special_values_have_their_own_signs() -> None:
    """null is absent; NaN and infinities are strings."""
    values = np.array([1.0, np.nan, np.inf, -np.inf, 2.0])
    there = np.array([True, True, True, True, False])
    assert encode_values(values, there) == [1.0, "NaN", "+Inf", "-Inf", None]


def test_errors_tell_the_position() -> None:
    """A syntax error carries its span."""
    error = json.loads(error_message(QuerySyntax("what", start=1, end=3), "a"))
    assert error["error"] == {"code": "bad_query", "message": "what", "position": {"start": 1, "end": 3}}


async def test_a_slow_client_loses_the_oldest_frames_and_is_told() -> None:
    """The queue is bounded; control messages are never dropped."""
    client = Client("default", (), lambda: True, FakeClock(), LiveSettings(max_queue_frames=3))
    subscription = _subscription(client)
    client.push(message("hello"))
    for number in range(5):
        subscription.publish(message("frame", id="a", number=number))
    got = await _drain(client)
    assert [m["type"] for m in got] == ["hello", "dropped", "frame", "frame", "frame"]
    assert got[1]["frames"] == 2
    assert [m["number"] for m in got[2:]] == [2, 3, 4]
    assert client.frames_dropped == 2


def test_quick_questions_share_a_trip() -> None:
    """Up to a time together, in their order; slow ones and those whose time nobody knows go alone."""
    took_s = [math.inf, 0.002, 0.002, 0.002, 0.02, 0.001, math.inf, 0.001]
    states = [QuestionState(Question("default", f"x{at}", 1000, 1000, raw=False), ()) for at in range(len(took_s))]
    for state, seconds in zip(states, took_s, strict=True):
        state.took_s = seconds
    shared = [[states.index(state) for state in trip] for trip in trips(states)]
    assert shared == [[0], [1, 2], [3], [4], [5], [6], [7]]
    assert list(trips([])) == []


async def test_what_waits_together_can_be_taken_together() -> None:
    """As many messages as are asked for and the bandwidth allows, in order; news of dropped frames are among them."""
    clock = FakeClock()
    client = Client("default", (), lambda: True, clock, LiveSettings(max_queue_frames=3, max_bytes_per_s=1000))
    subscription = _subscription(client)
    for number in range(5):
        subscription.publish(message("frame", number=number))
    assert json.loads(await client.next_message() or "") == {"type": "dropped", "id": "a", "frames": 2}
    assert [json.loads(text)["number"] for text in client.more_messages(40)] == [2, 3]
    assert [json.loads(text)["number"] for text in client.more_messages(40)] == [4]
    for _ in range(3):
        client.push("x" * 600)
    assert [len(text) for text in client.more_messages(9_999)] == [600, 600]
    client.close()
    assert list(client.more_messages(9_999)) == []


async def test_frames_wait_until_the_client_has_what_it_missed() -> None:
    """What comes during the catching-up is sent after it, in order."""
    client = Client("default", (), lambda: True, FakeClock(), LiveSettings())
    subscription = Subscription("a", client, _subscription(client).state)
    subscription.publish(message("frame", number=1))
    assert await _drain(client) == []
    subscription.release()
    subscription.publish(message("frame", number=2))
    assert [m["number"] for m in await _drain(client)] == [1, 2]


async def test_an_idle_client_hears_a_heartbeat() -> None:
    """Silence is told from a dead connection."""
    client = Client("default", (), lambda: True, FakeClock(7), LiveSettings(heartbeat_s=0.01))
    assert json.loads(await asyncio.wait_for(client.next_message(), 5)) == {"type": "heartbeat", "now_ms": 7}


def test_a_chatty_client_is_held_to_its_rate() -> None:
    """Ten seconds' worth of messages may come at once, then the rate holds."""
    clock = FakeClock()
    client = Client("default", (), lambda: True, clock, LiveSettings(max_messages_per_s=2))
    assert [client.may_send() for _ in range(21)] == [True] * 20 + [False]
    clock.advance_ms(1000)
    assert client.may_send()


def test_refs_are_told_apart() -> None:
    """Foreign refs, and refs beyond the column, have no key."""
    keys = RefKeys()
    keys.put(3, 0)
    keys.put(5000, 1)
    assert keys.look_up(np.array([3, 4, 5000, 10_000])).tolist() == [0, -1, 1, -1]
    assert keys.touches(np.array([1, 3]))
    assert not keys.touches(np.array([1, 2]))


def test_samples_turn_into_columns() -> None:
    """Equal moments of a series: the last sample wins; holes are null."""
    times, columns = pivot(np.array([7, 8, 7, 7]), np.array([10, 20, 20, 20]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert times.tolist() == [10, 20]
    assert columns == {7: [1.0, 4.0], 8: [None, 2.0]}


def test_every_selector_of_an_expression_is_found() -> None:
    """Selectors in arguments, operands, ranges and subqueries all count."""
    expr = parse("sum by (a) (rate(x[5m])) / on (a) group_left max_over_time((y + z)[1h:1m]) > bool scalar(w)")
    assert [selector.name for selector in selectors_of(expr)] == ["x", "y", "z", "w"]
