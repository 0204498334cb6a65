"""Privacy rules: what the detectors find and leave, what the actions make of it, and when series are judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter

from vedette.clock import FakeClock
from vedette.errors import BadData
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.privacy.detectors import DETECTORS
from vedette.ingest.privacy.dry_run import dry_run
from vedette.ingest.privacy.filter import PrivacyFilter, RuleSet
from vedette.ingest.privacy.rule import Action, PrivacyRule
from vedette.ingest.privacy.rules import DEFAULT_RULES, CompiledRule, compile_rules
from vedette.ingest.protocols import json_samples
from vedette.ingest.report import DropReason
from vedette.ingest.settings import IngestSettings
from vedette.model.labels import Labels
from vedette.model.timerange import ALL_TIME
from vedette.storage.memory import MemoryStorage

KEY = b"k" * 32
EVERYTHING = [PrivacyRule(name=name, detector=name) for name in DETECTORS]

NOT_FOUND = {
    "email": ["user@localhost", "@example.com", "a@b", "x @ example.com"],
    "credit_card": ["4111 1111 1111 1112", "0000000000000000", "411111111111", "41111111111111111111111"],
    "iban": ["DE89 3704 0044 0532 0130 01", "DE8937040044", "XX00 1234 5678 9012"],
    "phone": ["+12345", "12345678", "2024-01-15"],
    "ip": ["1.2.3", "256.1.1.1", "10:20", "node_exporter:9100"],
    "jwt": ["eyJub3QganNvbg.eyJub3QganNvbg.sig", "abc.def.ghi"],
    "cloud_key": ["AKIA123", "sk-short", "task-0123456789012345678901"],
    "bearer": ["bearer of news", "Bearer short"],
    "private_key": ["-----BEGIN PUBLIC KEY-----", "PRIVATE KEY"],
}

ORDINARY = [
    "host_42",
    "http://10-0-0-1.example.internal:9090/metrics",
    "2024-01-15T10:20:30Z",
    "1.2.3-rc4",
    "/api/v1/query_range",
    "0.005",
    "eu-central-1a",
    "Linux 6.1.0-13-amd64 #1 SMP",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "GET",
    "+Inf",
]


def apply(detector: str, text: str, action: Action = Action.MASK) -> str:
    """The text after one rule."""
    return CompiledRule(PrivacyRule(name="r", detector=detector, action=action), KEY).apply(text)[0]


@pytest.mark.parametrize("name", DETECTORS)
def test_each_detector_finds_its_example_in_the_middle_of_a_text(name: str) -> None:
    """What the page shows as an example is found wherever it stands, and nothing of it is left."""
    example = DETECTORS[name].example
    assert apply(name, f"see {example} there") == f"see [{name}] there"
    assert apply(name, example) == f"[{name}]"


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in NOT_FOUND.items() for text in texts])
def test_what_only_looks_like_it_is_left_alone(name: str, text: str) -> None:
    """Check digits, lengths and shapes keep harmless values whole."""
    assert apply(name, text) == text


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("credit_card", "4111 1111 1111 1111 123", "[credit_card] 123"),
        ("credit_card", "12 4111 1111 1111 1111", "12 [credit_card]"),
        ("credit_card", "1234567 4111-1111-1111-1111 12/27", "1234567 [credit_card] 12/27"),
        ("iban", "DE89 3704 0044 0532 0130 00 BIC COBADEFF", "[iban] BIC COBADEFF"),
        ("iban", "AB12 DE89370400440532013000", "AB12 [iban]"),
        ("phone", "+49 170 1234567 4111 1111 1111", "[phone] 4111 1111 1111"),
    ],
)
def test_what_stands_beside_it_does_not_hide_it(name: str, text: str, left: str) -> None:
    """A pattern that takes in more than the number itself finds the number all the same."""
    assert apply(name, text) == left


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_label_values_pass_all_detectors(text: str) -> None:
    """Values that monitoring is full of are never touched, addresses aside."""
    rules = [PrivacyRule(name=name, detector=name) for name in DETECTORS]
    for rule in rules:
        assert CompiledRule(rule, KEY).apply(text)[0] == text, rule.name


def test_a_hash_is_stable_keyed_and_tells_nothing() -> None:
    """Equal values stay equal under one key and differ under another."""
    rule = PrivacyRule(name="r", detector="email", action=Action.HASH)
    first = CompiledRule(rule, KEY).apply("a@example.com")[0]
    assert first == CompiledRule(rule, KEY).apply("a@example.com")[0]
    assert first != CompiledRule(rule, b"x" * 32).apply("a@example.com")[0]
    assert first != CompiledRule(rule, KEY).apply("b@example.com")[0]
    assert first.startswith("email:")
    assert "example" not in first


def test_fields_bound_where_a_rule_looks() -> None:
    """Named fields only; without names every label but the metric name."""
    named = CompiledRule(PrivacyRule(name="r", detector="email", fields=("user.*",)), KEY)
    assert named.covers("user_mail")
    assert not named.covers("mail")
    assert not CompiledRule(PrivacyRule(name="r", detector="email"), KEY).covers("__name__")


@pytest.mark.parametrize(
    "rule",
    [
        PrivacyRule(name="r"),
        PrivacyRule(name="r", detector="email", pattern="x"),
        PrivacyRule(name="r", detector="shoe_size"),
        PrivacyRule(name="r", pattern="("),
        PrivacyRule(name="r", pattern="x*"),
        PrivacyRule(name="r", pattern="x" * 2000),
        PrivacyRule(name="", pattern="x"),
        PrivacyRule(name="r", pattern="x", fields=("(",)),
    ],
)
def test_a_wrong_rule_is_refused_with_words(rule: PrivacyRule) -> None:
    """Also one that is switched off: it could be switched on."""
    with pytest.raises(BadData, match=r"privacy rule|detector|pattern"):
        compile_rules([rule], KEY)


def pipeline_of(rules: list[PrivacyRule]) -> tuple[Pipeline, MemoryStorage, dict[str, RuleSet], CollectorRegistry]:
    """A pipeline over the shipped fake whose rules can be exchanged."""
    clock, registry = FakeClock(1_700_000_000_000), CollectorRegistry()
    storage = MemoryStorage(clock)
    in_force = {"default": RuleSet(compile_rules(rules, KEY))}
    findings = Counter("findings", "Findings.", ["action"], registry=registry)
    privacy = PrivacyFilter(lambda project: in_force[project], findings)
    return Pipeline(storage, clock, IngestSettings(), registry, privacy), storage, in_force, registry


def push(pipeline: Pipeline, **labels: str) -> dict[DropReason, int]:
    """Write one sample of a series; what was dropped."""
    source = pipeline.push_source("default", "test")
    report = source.write_samples([Labels.of({"__name__": "m", **labels})], 1_700_000_000_000, np.array([1.0])).report
    return report.dropped


def stored(storage: MemoryStorage) -> list[str]:
    """Everything the store knows."""
    return sorted(str(labels) for labels in storage.series("default", [()], ALL_TIME))


def test_actions_on_the_way_to_the_store() -> None:
    """Mask, hash and left-out labels are stored so; a refused record is counted with its reason."""
    pipeline, storage, _, registry = pipeline_of(
        [
            PrivacyRule(name="mail", detector="email"),
            PrivacyRule(name="card", detector="credit_card", action=Action.DROP_FIELD),
            PrivacyRule(name="keys", detector="private_key", action=Action.DROP_RECORD),
        ]
    )
    assert push(pipeline, user="mary@example.com", card="4111111111111111", ok="1") == {}
    assert push(pipeline, pem=DETECTORS["private_key"].example) == {DropReason.PRIVACY: 1}
    assert stored(storage) == ['m{ok="1", user="[email]"}']
    assert registry.get_sample_value("findings_total", {"action": "mask"}) == 1
    assert registry.get_sample_value("findings_total", {"action": "drop_field"}) == 1
    assert registry.get_sample_value("findings_total", {"action": "drop_record"}) == 1


def test_wire_protocols_pass_the_filter_too() -> None:
    """The step is the pipeline's: no protocol goes round it."""
    pipeline, storage, _, _ = pipeline_of([PrivacyRule(name="mail", detector="email")])
    body = b'[{"name": "m", "labels": {"user": "mary@example.com"}, "value": 1}]'
    pipeline.push_source("default", "json").write(body, json_samples.Options())
    assert stored(storage) == ['m{user="[email]"}']


def test_a_known_series_is_judged_again_only_when_the_rules_change() -> None:
    """The decision is made once per interned series; new rules empty the tables."""
    pipeline, storage, in_force, _ = pipeline_of([])
    push(pipeline, user="mary@example.com")
    in_force["default"] = RuleSet(compile_rules([PrivacyRule(name="mail", detector="email")], KEY))
    push(pipeline, user="mary@example.com")
    assert stored(storage) == ['m{user="mary@example.com"}']
    pipeline.forget("default")
    push(pipeline, user="mary@example.com")
    assert stored(storage) == ['m{user="[email]"}', 'm{user="mary@example.com"}']


def test_by_default_secrets_are_masked_and_nothing_else() -> None:
    """Where nobody has made rules, e-mail and addresses pass, tokens do not."""
    rules = RuleSet(compile_rules(DEFAULT_RULES, KEY))
    labels = Labels.of(a="mary@example.com", b="203.0.113.7", c=DETECTORS["jwt"].example)
    assert rules.suspects([labels]) == [0]
    assert rules.judge(labels).labels == Labels.of(a="mary@example.com", b="203.0.113.7", c="[jwt]")


def test_a_dry_run_counts_and_shows_only_masked_forms() -> None:
    """The person who looks at a rule's effect sees no personal data."""
    series = [Labels.of(__name__="m", user=f"u{n}@example.com", code="200") for n in range(20)]
    run = dry_run(compile_rules([PrivacyRule(name="mail", detector="email")], KEY), series, lambda: None).as_json()
    assert (run["series"], run["changed"], run["refused"]) == (20, 20, 0)
    assert run["rules"] == [
        {
            "name": "mail",
            "series": 20,
            "values": 20,
            "by_label": {"user": 20},
            "samples": [{"label": "user", "masked": "[email]"}] * 5,
        }
    ]
    assert "example.com" not in str(run)


PIECES = st.sampled_from([*(it.example for it in DETECTORS.values()), *ORDINARY, "x\ny", "", "é", "9" * 20])
VALUES = st.lists(PIECES, min_size=1, max_size=3).map(" ".join)
SERIES = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "user"]), VALUES, max_size=3).map(Labels.of), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(SERIES, st.lists(st.sampled_from([*EVERYTHING, PrivacyRule(name="own", pattern="^host_[0-9]+$")]), unique=True))
def test_looking_at_many_values_at_once_finds_what_looking_at_each_finds(
    series: list[Labels], rules: list[PrivacyRule]
) -> None:
    """A series that is passed over unjudged is one that no rule would have changed, also when asked again."""
    compiled = compile_rules(rules, KEY)
    rule_set = RuleSet(compiled)
    for _ in range(2):
        suspects = set(rule_set.suspects(series))
        for place, labels in enumerate(series):
            if place not in suspects:
                assert RuleSet(compiled).judge(labels).labels == labels
