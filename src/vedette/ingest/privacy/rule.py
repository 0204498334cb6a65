"""A privacy rule as people write it; light to import, which what compiles it is not."""

from __future__ import annotations

from enum import Enum

import msgspec


class Action(Enum):
    """What becomes of a value in which something was found."""

    MASK = "mask"
    """What was found is replaced by the rule's mark, such as `[email]`."""
    HASH = "hash"
    """What was found is replaced by a keyed hash: equal things stay equal, nobody can tell what they were."""
    DROP_FIELD = "drop_field"
    """The label is left out."""
    DROP_RECORD = "drop_record"
    """The series is refused; its samples are counted as dropped."""


class PrivacyRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of a project."""

    name: str
    detector: str = ""
    """A built-in detector; empty: `pattern`."""
    pattern: str = ""
    """A regular expression of one's own, in RE2 syntax."""
    fields: tuple[str, ...] = ()
    """Label names, as anchored regular expressions; empty: every label but the metric name."""
    action: Action = Action.MASK
    enabled: bool = True
