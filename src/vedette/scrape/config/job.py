"""One entry of scrape_configs: what to ask, how often, what to make of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vedette.config.yaml_section import Section, line_of
from vedette.ingest.relabel import RelabelRule
from vedette.model.duration import print_duration_ms
from vedette.model.labels import is_classic_label_name
from vedette.scrape.config.http_options import HttpOptions, parse_http_options
from vedette.scrape.config.relabel_rules import parse_relabel_rules

PROTOCOLS: Final[Mapping[str, str]] = {
    "PrometheusProto": "",
    "OpenMetricsText1.0.0": "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
    "OpenMetricsText0.0.1": "application/openmetrics-text;version=0.0.1",
    "PrometheusText1.0.0": "text/plain;version=1.0.0;escaping=allow-utf-8",
    "PrometheusText0.0.4": "text/plain;version=0.0.4",
}
"""Exposition formats by their name in scrape_protocols; the protobuf format is not read."""

_DEFAULT_PROTOCOLS: Final = tuple(name for name, media_type in PROTOCOLS.items() if media_type)
_NO_NATIVE: Final = "native histograms are not stored"
IGNORED: Final[Mapping[str, str]] = {
    "scrape_native_histograms": _NO_NATIVE,
    "always_scrape_classic_histograms": "classic histograms are always stored",
    "scrape_classic_histograms": "classic histograms are always stored",
    "convert_classic_histograms_to_nhcb": _NO_NATIVE,
    "native_histogram_bucket_limit": _NO_NATIVE,
    "native_histogram_min_bucket_factor": _NO_NATIVE,
    "metric_name_validation_scheme": "names may hold any UTF-8",
    "metric_name_escaping_scheme": "names are taken as they are",
    "track_timestamps_staleness": "series with timestamps of their own end when they are older than the lookback",
    "scrape_failure_log_file": "failures are in our own log and among the targets",
}
OTHER_DISCOVERY: Final = tuple(
    f"{name}_sd_configs"
    for name in (
        *("azure", "aws", "consul", "digitalocean", "dns", "docker", "dockerswarm", "ec2", "ecs", "elasticache"),
        *("eureka", "gce", "hetzner", "ionos", "kubernetes", "kuma", "lightsail", "linode", "marathon", "msk"),
        *("nerve", "nomad", "openstack", "outscale", "ovhcloud", "puppetdb", "rds", "scaleway", "serverset"),
        *("stackit", "triton", "uyuni", "vultr"),
    )
)


@dataclass(frozen=True, slots=True)
class JobDefaults:
    """What the `global` section sets for all jobs."""

    interval_ms: int = 60_000
    timeout_ms: int = 10_000
    protocols: tuple[str, ...] = _DEFAULT_PROTOCOLS
    body_size_limit: int = 0
    sample_limit: int = 0
    target_limit: int = 0
    label_limit: int = 0
    label_name_length_limit: int = 0
    label_value_length_limit: int = 0
    keep_dropped_targets: int = 0
    extra_scrape_metrics: bool = True


@dataclass(frozen=True, slots=True)
class JobConfig:
    """A scrape job. Limits of 0 are off; two jobs that are equal scrape alike."""

    name: str
    interval_ms: int
    timeout_ms: int
    scheme: str = "http"
    metrics_path: str = "/metrics"
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    honor_labels: bool = False
    honor_timestamps: bool = True
    enable_compression: bool = True
    protocols: tuple[str, ...] = _DEFAULT_PROTOCOLS
    fallback_protocol: str = ""
    body_size_limit: int = 0
    sample_limit: int = 0
    target_limit: int = 0
    label_limit: int = 0
    label_name_length_limit: int = 0
    label_value_length_limit: int = 0
    keep_dropped_targets: int = 0
    extra_scrape_metrics: bool = True
    http: HttpOptions = field(default_factory=HttpOptions)
    relabel: tuple[RelabelRule, ...] = ()
    metric_relabel: tuple[RelabelRule, ...] = ()
    discovery: tuple[Any, ...] = field(default=(), compare=False)
    """Options of the job's discoveries, each of a type that scrape.discovery knows."""
    line: int = field(default=0, compare=False)


def parse_defaults(section: Section | None) -> JobDefaults:
    """The `global` section. Keys that concern other things than scraping are named in warnings."""
    if section is None:
        return JobDefaults()
    section.ignore(
        {
            "query_log_file": "queries are listed by the server itself",
            "external_labels": "they are for samples that are sent on to other systems",
            **IGNORED,
        }
    )
    # Those two are of the rules, which read them here, too.
    section.text("evaluation_interval")
    section.text("rule_query_offset")
    base = JobDefaults()
    interval_ms = section.duration_ms("scrape_interval", base.interval_ms)
    timeout_ms = section.duration_ms("scrape_timeout", min(base.timeout_ms, interval_ms))
    if timeout_ms > interval_ms:
        section.error("scrape_timeout", "global scrape timeout greater than scrape interval")
    defaults = JobDefaults(
        interval_ms,
        timeout_ms,
        _protocols(section, base.protocols),
        extra_scrape_metrics=section.boolean("extra_scrape_metrics", True),
        **_limits(section, base),
    )
    section.finish()
    return defaults


def parse_job(section: Section, defaults: JobDefaults, folder: Path, discovery: tuple[Any, ...]) -> JobConfig:
    """One scrape_config whose discovery keys have been taken already. Findings go to the section."""
    section.ignore(IGNORED)
    section.ignore(dict.fromkeys(OTHER_DISCOVERY, "this discovery is not supported, its targets are not scraped"))
    interval_ms, timeout_ms = _times(section, defaults)
    job = JobConfig(
        name=section.required_text("job_name"),
        interval_ms=interval_ms,
        timeout_ms=timeout_ms,
        scheme=section.choice("scheme", ("http", "https"), "http"),
        metrics_path=section.text("metrics_path", "/metrics"),
        params=section.list_map("params"),
        honor_labels=section.boolean("honor_labels", False),
        honor_timestamps=section.boolean("honor_timestamps", True),
        enable_compression=section.boolean("enable_compression", True),
        protocols=_protocols(section, defaults.protocols),
        fallback_protocol=_fallback(section),
        extra_scrape_metrics=section.boolean("extra_scrape_metrics", defaults.extra_scrape_metrics),
        **_limits(section, defaults),
        http=parse_http_options(section, folder),
        relabel=parse_relabel_rules(section, "relabel_configs"),
        metric_relabel=parse_relabel_rules(section, "metric_relabel_configs"),
        discovery=discovery,
        line=line_of(section.node),
    )
    for name in job.params:
        if not is_classic_label_name(f"__param_{name}"):
            section.findings.warn(section.node, f"params: {name!r} cannot be seen or changed by relabelling")
    section.finish()
    return job


def _times(section: Section, defaults: JobDefaults) -> tuple[int, int]:
    interval_ms = section.duration_ms("scrape_interval", defaults.interval_ms)
    timeout_ms = section.duration_ms("scrape_timeout", min(defaults.timeout_ms, interval_ms))
    if timeout_ms > interval_ms:
        section.error(
            "scrape_timeout",
            f"scrape timeout {print_duration_ms(timeout_ms)} is greater than the scrape interval "
            f"{print_duration_ms(interval_ms)}",
        )
    return interval_ms, timeout_ms


def _limits(section: Section, defaults: JobDefaults) -> dict[str, int]:
    counts = ("sample_limit", "target_limit", "label_limit", "label_name_length_limit", "label_value_length_limit")
    limits = {name: section.count(name) or getattr(defaults, name) for name in (*counts, "keep_dropped_targets")}
    limits["body_size_limit"] = section.size_bytes("body_size_limit") or defaults.body_size_limit
    return limits


def _protocols(section: Section, default: tuple[str, ...]) -> tuple[str, ...]:
    if not section.has("scrape_protocols"):
        section.node_of("scrape_protocols")
        return default
    names = section.texts("scrape_protocols")
    for name in names:
        if name not in PROTOCOLS:
            section.error("scrape_protocols", f"unknown scrape protocol {name!r}, known are {', '.join(PROTOCOLS)}")
    if len(set(names)) < len(names):
        section.error("scrape_protocols", "a scrape protocol is given twice")
    text = tuple(name for name in names if PROTOCOLS.get(name))
    if len(text) < len(names):
        section.ignore({"scrape_protocols": "PrometheusProto is not read, text formats are asked for"})
    return text or _DEFAULT_PROTOCOLS


def _fallback(section: Section) -> str:
    name = section.choice("fallback_scrape_protocol", ("", *PROTOCOLS), "")
    if name == "PrometheusProto":
        section.error("fallback_scrape_protocol", "fallback_scrape_protocol: PrometheusProto is not read")
    return name
