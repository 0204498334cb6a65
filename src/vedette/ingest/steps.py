"""The steps that know only labels: relabel and validate. Each leaves refused series alone and names its reason."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Final, Protocol

from msgspec import Struct, field

from vedette.ingest.report import DropReason
from vedette.ingest.settings import SeriesLimits
from vedette.model.labels import METRIC_NAME, Labels

Transform = Callable[[Labels], Labels | None]
"""Relabelling, target labels and the like, asked once for each new series; None drops the series."""

BY_LIMITS: Final = (DropReason.SERIES_LIMIT, DropReason.METRIC_SERIES_LIMIT, DropReason.NEW_SERIES_RATE)
"""Reasons that may pass with time."""
FIRST_MS: Final = -62_135_596_800_000
LAST_MS: Final = 253_402_300_799_999
"""Sane timestamps: the years 1 to 9999."""

_REASONS: Final = tuple(DropReason)


def code_of(reason: DropReason) -> int:
    """The negative number that stands for a refused series in a column of refs."""
    return -2 - _REASONS.index(reason)


def reason_of(code: int) -> DropReason:
    """The reason behind such a number."""
    return _REASONS[-2 - code]


class Candidates(Struct):
    """New series on their way through the steps; `refused` keeps position -> (reason, words)."""

    project: str
    labels: list[Labels]
    transform: Transform | None
    limits: SeriesLimits
    refused: dict[int, tuple[DropReason, str]] = field(default_factory=dict)
    new: int = 0
    """Series that were not active before."""

    def open(self) -> list[int]:
        """Positions that are not refused."""
        return [index for index in range(len(self.labels)) if index not in self.refused]


class Privacy(Protocol):
    """What keeps personal data out."""

    def __call__(self, candidates: Candidates) -> None:
        """Change or refuse new series by what their labels hold."""
        ...

    def describe(self, project: str, text: str) -> str:
        """A help text as it may be stored."""
        ...

    def conceal(self, project: str, text: str) -> str:
        """A text about a series, such as an error, as others than its sender may see it."""
        ...


def relabel(candidates: Candidates) -> None:
    """Let the source change or drop the series."""
    if candidates.transform is None:
        return
    for index in candidates.open():
        labels = candidates.transform(candidates.labels[index])
        if labels is None:
            candidates.refused[index] = (DropReason.RELABELLED, "")
        else:
            candidates.labels[index] = labels


def validate(candidates: Candidates) -> None:
    """Refuse series without a metric name or with labels beyond the limits."""
    for index in candidates.open():
        problem = label_problem(candidates.labels[index], candidates.limits)
        if problem is not None:
            candidates.refused[index] = problem


def label_problem(labels: Labels, limits: SeriesLimits) -> tuple[DropReason, str] | None:
    """What forbids to store the series, if anything. Names may be any UTF-8, as in Prometheus 3."""
    if len(labels) > limits.max_labels:
        return DropReason.LABEL_LIMIT, f"{len(labels)} labels, max_labels is {limits.max_labels}: {labels.name}"
    pairs = labels.pairs
    if pairs and pairs[0][0] == METRIC_NAME:
        # Nearly all series: names are in order, so that none is empty, and no text can be too long.
        shortest_limit = min(limits.max_label_name_bytes, limits.max_label_value_bytes)
        if 4 * max(map(len, chain.from_iterable(pairs))) <= shortest_limit:
            return None
    named = False
    for name, value in labels.pairs:
        named = named or name == METRIC_NAME
        if not name:
            return DropReason.INVALID_LABELS, f"an empty label name: {labels.name}"
        # Encoding is the slow part: only needed where the text could be too long.
        if 4 * len(name) > limits.max_label_name_bytes and len(name.encode()) > limits.max_label_name_bytes:
            words = f"a label name longer than max_label_name_bytes = {limits.max_label_name_bytes}"
            return DropReason.LABEL_LIMIT, f"{words}: {labels.name[:200]}"
        if 4 * len(value) > limits.max_label_value_bytes and len(value.encode()) > limits.max_label_value_bytes:
            words = f"label {name} is longer than max_label_value_bytes = {limits.max_label_value_bytes}"
            return DropReason.LABEL_LIMIT, f"{words}: {labels.name[:200]}"
    if not named:
        return DropReason.INVALID_LABELS, f"no metric name: {str(labels)[:200]}"
    return None
