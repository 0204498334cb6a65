"""Numbers, times and names at the edge of what is possible: always an answer in JSON, never our fault."""

from __future__ import annotations

import httpx
import pytest
from tests.http.prometheus_world import NOW_MS, world

TIMES = (
    *("0", "-1700000000", "4.6e15", "-4.6e15", "1e18", "NaN", "0.0001", "253402300800", "-62135596800"),
    *("292277025-08-18T07:12:54.999999999Z", "-292273086-05-16T16:47:06Z", str(NOW_MS / 1000)),
)
QUERIES = (
    *("up offset 290y", "up offset -290y", "up @ 9e15", "up @ -9e15", "rate(up[290y])", "up[1ms]", "time()"),
    *("sum_over_time(up[1y:1ms])", "max_over_time(up[5m:1ms] offset 200y)", "timestamp(up)", "vector(1e308) * 1e308"),
    *(
        "topk(9e18, up)",
        "topk(1e30, up)",
        "topk(NaN, up)",
        "limitk(-1, up)",
        "limit_ratio(NaN, up)",
        "quantile(NaN, up)",
    ),
    *('count_values("", up)', 'count_values("__name__", up)', r'count_values("a\xc5", up)', "round(up, 0)"),
    *('label_replace(up, "a", "$99999999999999999999", "host", "(.*)")', 'label_replace(up, "a", "$²", "host", ".*")'),
    *('label_replace(up, "__name__", "", "", "")', 'label_replace(up, "x", "y", "host", "(")', "clamp(up, NaN, 1)"),
    *(r'label_replace(up, "\xff", "", "host", ".*")', r'label_replace(up, "x", "\xff", "host", ".*")', r'"\xff"'),
    *(r'label_join(up, "x", "\xff", "host", "zone")', r'sum by ("\xff") (up)', r'{"\xff"}', r'up{host="\xff"}'),
    *(
        "histogram_quantile(0.5, up)",
        "histogram_fraction(NaN, 1, up)",
        "histogram_count(up)",
        "predict_linear(up[5m], 1e300)",
    ),
    *(
        "day_of_week(up * 1e300)",
        "year(vector(1e18))",
        "month(vector(NaN))",
        "days_in_month(vector(-1e15))",
        "up ^ 1e300",
    ),
    *("up % 0", "-up % -0", 'absent(up{a="b"}) or up', "info(up)", "scalar(up)", "up[5m:]", "up and on () vector(1)"),
    *("double_exponential_smoothing(up[5m], 0.5, 2)", "min_over_time(up[step()])", "min_over_time(up[range() + 1])"),
    *("up smoothed", "increase(requests_total[1m] anchored)", "up + fill (0) nope", "quantile_over_time(-5, up[5m])"),
    *(
        '{__name__=~".+"}',
        "up == bool NaN",
        "start()",
        "end() - step() * range()",
        "max_of(NaN, 1)",
        'sort_by_label(up, "")',
    ),
)


@pytest.mark.parametrize("lookback", ["1ms", "1y"])
async def test_every_question_has_an_answer(lookback: str) -> None:
    """Instant and range queries over all of time: 200, 400, 422 or a timeout, and JSON."""
    with world() as made:
        async with made.client() as client:
            for text in QUERIES:
                for time in TIMES:
                    asked = {"query": text, "time": time, "start": time, "end": time, "step": "1", "timeout": "5s"}
                    answers = [await client.get("/api/v1/query", params={**asked, "lookback_delta": lookback})]
                    answers.append(await client.get("/api/v1/query_range", params=asked))
                    for answer in answers:
                        verify(answer, text, time)
                for step in ("0.001", "7.7", "1y", "1e12"):
                    span = {
                        "query": text,
                        "start": NOW_MS / 1000 - 9,
                        "end": NOW_MS / 1000,
                        "step": step,
                        "timeout": "5s",
                    }
                    verify(await client.post("/api/v1/query_range", data=span), text, step)


def verify(answer: httpx.Response, text: str, detail: str) -> None:
    """No 500, and JSON."""
    assert answer.status_code in (200, 400, 422, 503), f"{text} at {detail}: {answer.text}"
    assert answer.json()["status"] in ("success", "error")
