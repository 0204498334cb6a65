"""Operations on privacy rules and on what a project uses."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from vedette.http.openapi.operation import Content, Operation, Parameter, in_path
from vedette.http.routes.privacy import DryRunRequest, RulesView, RuleView
from vedette.http.routes.usage import UsageView
from vedette.ingest.privacy.rule import PrivacyRule


class RulesAnswer(msgspec.Struct):
    """Privacy rules."""

    status: Literal["success"]
    data: RulesView


class RuleAnswer(msgspec.Struct):
    """A rule; its version is also the `ETag`."""

    status: Literal["success"]
    data: RuleView


class RuleEffectView(msgspec.Struct):
    """What one rule would find: series, different values, those by label, and a few in their masked form."""

    name: str
    series: int
    values: int
    by_label: dict[str, int]
    samples: list[dict[str, str]]


class DryRunView(msgspec.Struct):
    """What rules would do; never holds what was found. `texts` are those of the request, masked."""

    series: int
    changed: int
    refused: int
    truncated: bool
    rules: list[RuleEffectView]
    texts: list[str]


class DryRunAnswer(msgspec.Struct):
    """The effect of rules."""

    status: Literal["success"]
    data: DryRunView


class Findings(msgspec.Struct):
    """Findings by name of the rule."""

    counts: dict[str, int]


class CountsAnswer(msgspec.Struct):
    """What the rules found in new series since the server started."""

    status: Literal["success"]
    data: Findings


class UsageAnswer(msgspec.Struct):
    """What a project uses."""

    status: Literal["success"]
    data: UsageView


class Done(msgspec.Struct):
    """Done."""

    status: Literal["success"]
    data: Any


_PATH: Final = "/api/v1/projects/{project}/privacy"
_PROJECT: Final = in_path("project", "Name of the project.")
_ID: Final = in_path("id", "Its id.")
_IF_MATCH: Final = Parameter(
    "If-Match",
    'The ETag of the rule that is changed; `"0"` for a built-in one that nobody has changed.',
    "header",
    required=True,
    schema={"type": "string", "pattern": '^"[0-9]+"$'},
)
_RULE: Final = (Content("The whole rule.", shape=PrivacyRule),)
_CHANGED: Final = (400, 404, 409, 413, 422, 428, 503)

PRIVACY: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v1/projects/{project}/usage"): Operation(
        "What a project uses of each of its limits",
        "access",
        {200: Content("The figures of this moment.", shape=UsageAnswer)},
        parameters=(_PROJECT,),
        errors=(404, 503),
    ),
    ("GET", f"{_PATH}/rules"): Operation(
        "Privacy rules in the order they apply, and what they can look for",
        "privacy",
        {200: Content("The rules.", shape=RulesAnswer)},
        parameters=(_PROJECT,),
        errors=(404, 503),
    ),
    ("POST", f"{_PATH}/rules"): Operation(
        "Make a privacy rule",
        "privacy",
        {201: Content("The rule.", shape=RuleAnswer)},
        description="In force before the answer; known series are judged again with their next sample.",
        parameters=(_PROJECT,),
        bodies=_RULE,
        errors=(400, 404, 409, 413, 422, 503),
    ),
    ("PUT", f"{_PATH}/rules/{{id}}"): Operation(
        "Change a privacy rule",
        "privacy",
        {200: Content("The rule as it is now.", shape=RuleAnswer)},
        description="Who is not up to date gets 409 with `current` and `yours`.",
        parameters=(_PROJECT, _ID, _IF_MATCH),
        bodies=_RULE,
        errors=_CHANGED,
    ),
    ("DELETE", f"{_PATH}/rules/{{id}}"): Operation(
        "Delete a privacy rule; built-in ones can only be switched off",
        "privacy",
        {200: Content("It is gone.", shape=Done)},
        parameters=(_PROJECT, _ID, _IF_MATCH),
        errors=_CHANGED,
    ),
    ("POST", f"{_PATH}/dry-run"): Operation(
        "What rules would do to the series that are stored",
        "privacy",
        {200: Content("Counts and masked samples.", shape=DryRunAnswer)},
        description="Looks at no more than 200,000 series; nothing is changed, and nothing that was found is shown.",
        parameters=(_PROJECT,),
        bodies=(Content("The rules to try; without any those in force.", shape=DryRunRequest),),
        errors=(400, 404, 413, 503),
    ),
    ("GET", f"{_PATH}/counts"): Operation(
        "What the rules found since the server started",
        "privacy",
        {200: Content("Findings by rule.", shape=CountsAnswer)},
        parameters=(_PROJECT,),
        errors=(404, 503),
    ),
}
