"""Targets: from discovered labels through relabelling to a URL and the labels of its samples, as Prometheus does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

from vedette.errors import BadData, LimitExceeded
from vedette.ingest.relabel import relabel
from vedette.model.duration import parse_duration_ms, print_duration_ms
from vedette.model.labels import Labels
from vedette.scrape.config.job import JobConfig

_PARAM: Final = "__param_"
_EXPORTED: Final = "exported_"
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to scrape. Targets of a job with equal labels and URL are the same target."""

    labels: Labels
    """After relabelling, with those that begin with `__` but are not `__meta_`."""
    url: str
    interval_ms: int
    timeout_ms: int
    discovered: Labels = field(compare=False)
    """Before relabelling."""
    is_trusted: bool = field(default=True, compare=False)
    """Whether its address is from the operator's own configuration, and need not be judged."""

    @property
    def public(self) -> Labels:
        """What its samples get."""
        return Labels(tuple(pair for pair in self.labels.pairs if not pair[0].startswith("__")))

    def offset_ms(self, seed: str) -> int:
        """Where in its interval the target is scraped: spread evenly, the same after a restart."""
        text = f"{seed}\0{self.url}\0{self.labels}"
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.interval_ms


@dataclass(frozen=True, slots=True)
class DroppedTarget:
    """A target that relabelling left out."""

    job: str
    discovered: Labels


def discovered_labels(job: JobConfig, labels: Mapping[str, str], common: Mapping[str, str]) -> Labels:
    """What a discovery found, with the job's settings as labels; a target's own label wins over its group's."""
    found = {**common, **labels}
    defaults = {
        "job": job.name,
        "__scrape_interval__": print_duration_ms(job.interval_ms),
        "__scrape_timeout__": print_duration_ms(job.timeout_ms),
        "__metrics_path__": job.metrics_path,
        "__scheme__": job.scheme,
        **{f"{_PARAM}{name}": values[0] for name, values in job.params.items() if values},
    }
    return Labels.of({**found, **{name: value for name, value in defaults.items() if not found.get(name)}})


def make_target(job: JobConfig, discovered: Labels, is_trusted: bool = True) -> Target | None:
    """The target, or None when relabelling drops it. Raises BadData when it cannot be scraped."""
    labels = relabel(discovered, job.relabel)
    if labels is None:
        return None
    address = labels.get("__address__")
    if not address:
        raise BadData("no address")
    if not _ADDRESS.fullmatch(address):
        raise BadData(f"{address!r} is not a valid address: it must be host or host:port")
    scheme = labels.get("__scheme__")
    if scheme not in ("http", "https"):
        raise BadData(f"__scheme__ must be http or https, not {scheme!r}")
    interval_ms = _duration(labels, "__scrape_interval__", "scrape interval")
    timeout_ms = _duration(labels, "__scrape_timeout__", "scrape timeout")
    if timeout_ms > interval_ms:
        raise BadData(
            f"scrape timeout cannot be greater than scrape interval "
            f"({print_duration_ms(timeout_ms)} > {print_duration_ms(interval_ms)})"
        )
    kept = {name: value for name, value in labels if not name.startswith("__meta_")}
    kept.setdefault("instance", address)
    return Target(Labels.of(kept), _url(job, labels, scheme, address), interval_ms, timeout_ms, discovered, is_trusted)


def _duration(labels: Labels, name: str, words: str) -> int:
    try:
        duration_ms = parse_duration_ms(labels.get(name))
    except BadData as error:
        raise BadData(f"error parsing {words}: {error.message}") from None
    if duration_ms == 0:
        raise BadData(f"{words} cannot be 0")
    return duration_ms


def _url(job: JobConfig, labels: Labels, scheme: str, address: str) -> str:
    params = {name: list(values) for name, values in job.params.items()}
    for name, value in labels:
        if name.startswith(_PARAM):
            values = params.setdefault(name.removeprefix(_PARAM), [])
            values[:1] = [value]
    query = urlencode(sorted(params.items()), doseq=True)
    path = quote(labels.get("__metrics_path__"), safe="/:@!$&'()*+,;=~-._")
    if path and not path.startswith("/"):
        path = "/" + path
    return f"{scheme}://{address}{path}" + (f"?{query}" if query else "")


class SampleLabels:
    """The transform of a target's samples: target labels, honor_labels, metric_relabel_configs, label limits."""

    def __init__(self, job: JobConfig, target: Target) -> None:
        self._job = job
        self._target = target.public.pairs

    def __call__(self, scraped: Labels) -> Labels | None:
        """Labels to store, None to drop. Raises LimitExceeded, which makes the scrape fail."""
        own = dict(scraped.pairs)
        if self._job.honor_labels:
            merged = {**dict(self._target), **own}
        else:
            merged = {**own, **dict(self._target)}
            # Shortest name first, so that the outcome does not depend on the order of labels.
            for name in sorted((name for name, _ in self._target if own.get(name)), key=len):
                exported = _EXPORTED + name
                while merged.get(exported):
                    exported = _EXPORTED + exported
                merged[exported] = own[name]
        labels = relabel(Labels.of(merged), self._job.metric_relabel)
        if labels is not None:
            self._check(labels)
        return labels

    def _check(self, labels: Labels) -> None:
        job = self._job
        if job.label_limit and len(labels) > job.label_limit:
            _exceeded("label_limit", job.label_limit, f"{len(labels)} labels", labels)
        if not (job.label_name_length_limit or job.label_value_length_limit):
            return
        for name, value in labels:
            if 0 < job.label_name_length_limit < len(name.encode()):
                _exceeded("label_name_length_limit", job.label_name_length_limit, f"label name {name:.50}", labels)
            if 0 < job.label_value_length_limit < len(value.encode()):
                _exceeded(
                    "label_value_length_limit", job.label_value_length_limit, f"value of label {name:.50}", labels
                )


def _exceeded(limit: str, value: int, what: str, labels: Labels) -> None:
    raise LimitExceeded(
        f"{limit} exceeded (metric: {labels.name:.50}, {what}, limit: {value})", limit=limit, value=value
    )
