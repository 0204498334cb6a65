"""The chart in a mail: the picture by its pixels, the words beside it, and a mail of a whole server."""

from __future__ import annotations

import asyncio
import email
import email.policy
import struct
import time
import zlib
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from tests.alerting.servers import postbox
from tests.alerting.test_contact_points import FIRING, NOW_MS
from tests.rules.serving import push, serving

from vedette.alerting.chart_png import COLORS, HEIGHT_PX, WIDTH_PX, chart_png
from vedette.alerting.contact_points.email import Email, EmailOptions
from vedette.alerting.contact_points.kind import Circumstances, MailRequest
from vedette.alerting.mail_chart import chart_of
from vedette.alerting.notification import NotifiedAlert
from vedette.alerting.settings import AlertingSettings
from vedette.errors import Timeout
from vedette.model.alert import Course
from vedette.model.labels import Labels
from vedette.server.notification_templates import NotificationTemplates

HOUR_MS = 3_600_000
POINTS = HOUR_MS // 12_000 + 1
Pixels = npt.NDArray[np.uint8]
WHITE, BLUE, RED = (255, 255, 255), (0x17, 0x5C, 0xD3), (0xD9, 0x2D, 0x20)


def read_png(png: bytes) -> Pixels:
    """Its pixels as uint8[height, width, 3]; each chunk has its checksum."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    place = 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        name, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", png, place + 8 + length) == (zlib.crc32(name + body),)
        chunks[name] = body
        place += length + 12
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, color, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, color, rest) == (8, 2, [0, 0, 0])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(height, 1 + 3 * width)
    assert set(rows[:, 0]) == {2}
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(height, width, 3)


def course(*values: npt.NDArray[np.float64], threshold: float | None = None) -> Course:
    """Of an hour."""
    labels = tuple(Labels.of(alertname="Down", instance=f"db{number}") for number in range(len(values)))
    return Course(NOW_MS - HOUR_MS, NOW_MS, 12_000, labels, values, threshold)


def rows_of(pixels: Pixels, column: int, color: tuple[int, int, int]) -> list[int]:
    """Where a column has exactly this color."""
    return [int(row) for row in np.flatnonzero((pixels[:, column] == color).all(axis=1))]


def test_a_line_stands_at_the_height_of_its_values() -> None:
    """Low in the first half, high in the second, joined where it jumps, and nowhere where there are no values."""
    values = np.where(np.arange(POINTS) < POINTS // 2, 20.0, 80.0)
    values[40:60] = np.nan
    pixels = read_png(chart_png(course(values, np.full(POINTS, 50.0))))
    assert pixels.shape == (2 * HEIGHT_PX, 2 * WIDTH_PX, 3)
    low, high = (rows_of(pixels, column, BLUE) for column in (100, 1100))
    assert 0 < len(low) <= 4
    assert 0 < len(high) <= 4
    # From 0 (20 is less than half of 80) to 80 and eight hundredths of room.
    assert np.mean(low) == pytest.approx(2 * HEIGHT_PX * (1 - 20 / 86.4 - 0.0), abs=8)
    assert np.mean(high) == pytest.approx(2 * HEIGHT_PX * (1 - 80 / 86.4), abs=8)
    assert rows_of(pixels, 200, BLUE) == []
    jump = max((rows_of(pixels, column, BLUE) for column in range(590, 610)), key=len)
    assert len(jump) > 100


def test_threshold_and_firing_times_are_drawn() -> None:
    """A dashed line across, and a band behind the time in which the alert fired."""
    values = np.full(POINTS, 20.0)
    pixels = read_png(chart_png(course(values, threshold=60.0), [(NOW_MS - HOUR_MS // 4, NOW_MS)]))
    dashes = [bool(rows_of(pixels, column, RED)) for column in range(800)]
    assert any(dashes)
    assert not all(dashes)
    assert rows_of(pixels, 800, WHITE)
    assert rows_of(pixels, 1000, WHITE) == []


@pytest.mark.parametrize(
    "values",
    [
        np.full(POINTS, np.nan),
        np.full(POINTS, np.inf),
        np.full(POINTS, 0.0),
        np.full(POINTS, -7.0),
        np.array([1e308, -1e308, 1.7e308] * (POINTS // 3 + 1)),
        np.array([5e-324, 0.0] * (POINTS // 2 + 1)),
        np.array([1.0]),
    ],
)
def test_whatever_the_values_are_there_is_a_picture(values: npt.NDArray[np.float64]) -> None:
    """Of nothing, of what never changes, and of numbers at the ends of what there is."""
    with np.errstate(all="raise", under="ignore"):
        pixels = read_png(chart_png(course(values, threshold=1e308), [(0, 1), (NOW_MS, NOW_MS)]))
    assert pixels.shape == (2 * HEIGHT_PX, 2 * WIDTH_PX, 3)


class Known:
    """Knows the course of alerts, or fails to."""

    def __init__(self, found: Course | None, error: Timeout | None = None) -> None:
        self.found = found
        self.error = error
        self.asked: list[tuple[str, Sequence[Labels], int, int, int]] = []

    def course(
        self, project: str, rule: str, alerts: Sequence[Labels], start_ms: int, end_ms: int, step_ms: int
    ) -> Course | None:
        """As told."""
        self.asked.append((rule, alerts, start_ms, end_ms, step_ms))
        if self.error is not None:
            raise self.error
        return self.found


def alerts(count: int, since_ms: int = 60_000) -> tuple[NotifiedAlert, ...]:
    """Of one rule."""
    return tuple(
        NotifiedAlert(f"f{n}", True, {"alertname": "Down", "instance": f"db{n}"}, {}, NOW_MS - since_ms, rule="/g/Down")
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("since_ms", "length_ms"), [(60_000, HOUR_MS), (2 * HOUR_MS, 3 * HOUR_MS), (90 * HOUR_MS, 24 * HOUR_MS)]
)
def test_it_begins_before_the_alert_did(since_ms: int, length_ms: int) -> None:
    """An hour at least, a day at most, in so many steps as there are points to see."""
    known = Known(course(np.ones(POINTS)))
    assert chart_of(msgspec.structs.replace(FIRING, alerts=alerts(9, since_ms)), known) is not None
    ((rule, asked, start_ms, end_ms, step_ms),) = known.asked
    assert (rule, len(asked), end_ms) == ("/g/Down", len(COLORS), NOW_MS)
    assert end_ms - start_ms == pytest.approx(length_ms, rel=0.01)
    assert 290 <= (end_ms - start_ms) / step_ms <= 300


def test_words_say_what_the_picture_shows() -> None:
    """Each series by what it alone has, with no markup of labels."""
    shown = course(np.linspace(1, 5, POINTS), np.full(POINTS, 7.0), np.full(POINTS, np.nan), threshold=4.0)
    evil = Labels.of(alertname="Down", instance="<b>")
    shown = msgspec.structs.replace(shown, labels=(shown.labels[0], evil, shown.labels[2]))
    chart = chart_of(msgspec.structs.replace(FIRING, alerts=alerts(3)), Known(shown))
    assert chart is not None
    assert chart.alt == "Chart of the last 60 minutes: now 5, between 1 and 5, compared with 4"
    assert "instance=db0 now 5" in chart.html
    assert "instance=&lt;b&gt; now 7" in chart.html
    assert "<b>" not in chart.html
    assert "db2" not in chart.html


def mail_of(known: Known | None, **options: object) -> EmailMessage:
    """What becomes of a notification."""
    given = EmailOptions(to=("ann@example.org",), server="mail.example.org", sender="v@example.org", **options)  # type: ignore[arg-type]
    around = Circumstances(AlertingSettings(), NotificationTemplates(), NOW_MS, courses=known)
    request = Email().render(given, msgspec.structs.replace(FIRING, alerts=alerts(2)), around)
    assert isinstance(request, MailRequest)
    return cast("EmailMessage", email.message_from_bytes(request.message, policy=email.policy.default))


def test_the_picture_is_within_the_mail() -> None:
    """Named by the HTML beside it, so that nothing is fetched from anywhere."""
    mail = mail_of(Known(course(np.linspace(1, 5, POINTS))))
    text, related = mail.iter_parts()
    page, picture = cast("EmailMessage", related).iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    cid = picture["Content-ID"].strip("<>")
    assert f"src='cid:{cid}'" in cast("EmailMessage", page).get_content()
    assert picture["Content-Disposition"].startswith("inline")
    assert len(read_png(cast("EmailMessage", picture).get_content())) == 2 * HEIGHT_PX


@pytest.mark.parametrize(
    ("known", "options"),
    [
        (None, {}),
        (Known(None), {}),
        (Known(course(np.full(POINTS, np.nan))), {}),
        (Known(None, Timeout("it took too long")), {}),
        (Known(course(np.ones(POINTS))), {"chart": False}),
    ],
)
def test_without_a_picture_the_mail_is_sent_all_the_same(known: Known | None, options: dict[str, bool]) -> None:
    """Where nothing is known, or not in time, or nobody wants it."""
    mail = mail_of(known, **options)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_alerts_of_other_servers_have_no_picture() -> None:
    """Nothing is asked for them."""
    known = Known(course(np.ones(POINTS)))
    assert chart_of(FIRING, known) is None
    assert known.asked == []


async def test_a_server_sends_what_its_rule_watched(tmp_path: Path) -> None:
    """From samples by a rule to a mail with the right one of many series."""
    rule = "{alert: High, expr: 'temperature > 30 and on () vector(1)', labels: {team: a}}"
    (tmp_path / "r.yml").write_text(f"groups: [{{name: g, interval: 1s, rules: [{rule}]}}]")
    async with postbox() as box:
        flags = {"smtp_server": f"127.0.0.1:{box.port}", "smtp_tls": "none", "smtp_from": "v@example.org"}
        given = {f"alerting__{name}": value for name, value in flags.items()}
        async with serving(tmp_path / "data", rules__files=[str(tmp_path / "r.yml")], **given) as client:
            start_ms = int(time.time() * 1000) - 600_000
            lines = [
                f'temperature{{room="{room}"}} {base + n / 10} {start_ms + n * 10_000}\n'
                for room, base in (("a", 10), ("b", 30), ("c", 5))
                for n in range(61)
            ]
            await push(client, "".join(lines))
            mail = {"type": "email", "options": {"to": ["ann@example.org"]}}
            spec = {"name": "ops", "spec": {"integrations": [mail]}}
            assert (await client.post("/api/v1/documents/contact_point", json=spec)).status_code == 201
            route = {"name": "main", "spec": {"receiver": "ops", "group_wait_ms": 0}}
            assert (await client.post("/api/v1/documents/alert_route", json=route)).status_code == 201
            for _ in range(400):
                if box.mails:
                    break
                await asyncio.sleep(0.05)
            message = email.message_from_bytes(box.mails[0][2], policy=email.policy.default)
    page = next(part for part in message.walk() if part.get_content_type() == "text/html")
    said = cast("EmailMessage", page).get_content()
    assert "now 36, between 30 and 36, compared with 30" in said.replace("\n", "")
    assert any(part.get_content_type() == "image/png" for part in message.walk())
