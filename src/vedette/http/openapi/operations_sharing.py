"""Operations on what is given away: public links, snapshots, and what those outside may ask."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from vedette.dashboards.sharing.frozen import FrozenTime, ShownMarks, ShownQuestion
from vedette.dashboards.sharing.marks import ShownAnnotation
from vedette.dashboards.sharing.snapshots import SnapshotFile
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.openapi.operations_live import BATCH
from vedette.http.openapi.operations_plugins import PluginListAnswer
from vedette.http.routes.public import TOKEN_HEADER, PublicQuestion
from vedette.http.routes.shares import NewFrozen, ShareView
from vedette.http.routes.snapshots import NewSnapshot, SnapshotView


class ShareListAnswer(msgspec.Struct):
    """Newest first; with what the server lets be given away, and which pages may show it in a frame."""

    status: Literal["success"]
    data: list[ShareView]
    public_links: bool
    frame_ancestors: list[str]


class ShareAnswer(msgspec.Struct):
    """One public link."""

    status: Literal["success"]
    data: ShareView


class NewShareView(msgspec.Struct):
    """The page `/public#token` shows it. The token is told only now."""

    share: ShareView
    token: str


class NewShareAnswer(msgspec.Struct):
    """The new link."""

    status: Literal["success"]
    data: NewShareView


class SnapshotListAnswer(msgspec.Struct):
    """Newest first."""

    status: Literal["success"]
    data: list[SnapshotView]


class SnapshotAnswer(msgspec.Struct):
    """One snapshot."""

    status: Literal["success"]
    data: SnapshotView


class NewSnapshotView(msgspec.Struct):
    """`token` is empty unless the snapshot is public: then the page `/public#token` shows it."""

    snapshot: SnapshotView
    token: str


class NewSnapshotAnswer(msgspec.Struct):
    """The new snapshot, or the new link of one."""

    status: Literal["success"]
    data: NewSnapshotView


class PublicDashboard(msgspec.Struct):
    """What a link shows."""

    title: str
    time: FrozenTime
    spec: dict[str, Any]
    questions: list[ShownQuestion]
    marks: list[ShownMarks]
    zoom: bool
    expires_ms: int
    now_ms: int


class PublicDashboardAnswer(msgspec.Struct):
    """What a link shows, and by which names its questions are asked."""

    status: Literal["success"]
    data: PublicDashboard


class PublicAnnotationsAnswer(msgspec.Struct):
    """Those of the time that the link shows."""

    status: Literal["success"]
    data: list[ShownAnnotation]


class PublicSeries(msgspec.Struct):
    """One series over all moments; null where there is no value."""

    labels: dict[str, str]
    values: list[float | str | None]


class PublicColumns(msgspec.Struct, rename={"result_type": "resultType"}):
    """An answer in columns."""

    result_type: str
    timestamps_ms: list[int]
    step_ms: int
    series: list[PublicSeries]


class PublicColumnsAnswer(msgspec.Struct):
    """The answer to one question of a link."""

    status: Literal["success"]
    data: PublicColumns
    query_time_ms: float


_SHARES: Final = "/api/v1/shares"
_SNAPSHOTS: Final = "/api/v1/snapshots"
_PUBLIC: Final = "/api/v1/public"
_TAG: Final = "sharing"
_ID: Final = in_path("id", "Its id.")
_TOKEN: Final = Parameter(TOKEN_HEADER, "What stands behind `#` in the link.", "header", required=True)
_ONE_SNAPSHOT: Final = {200: Content("The snapshot.", shape=SnapshotAnswer)}
_NEW_SNAPSHOT: Final = {201: Content("The snapshot, and the token of its link.", shape=NewSnapshotAnswer)}
_WHOLE: Final = {200: Content("With all its data.", shape=SnapshotFile)}
_LIVE: Final = """The token is the second subprotocol, behind `vedette.share`. The client sends
`{"op":"subscribe","id":"a","widget":"w1","ref":"A","role":"value","step_ms":1000,"interval_ms":1000,"since_ms":0}`,
`unsubscribe` and `ping`; the server sends what `/ws/metrics/stream` sends."""

SHARING: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _SHARES): Operation(
        "Public links of the project",
        _TAG,
        {200: Content("Newest first; expired ones for a week.", shape=ShareListAnswer)},
        parameters=(parameter("dashboard", "Only those made from this dashboard."),),
    ),
    ("POST", _SHARES): Operation(
        "Make a public link",
        _TAG,
        {201: Content("The link.", shape=NewShareAnswer)},
        description="It asks with the rights of whoever makes it, as they are then, and nothing but these questions.",
        bodies=(Content("A dashboard and all questions that it may ask.", shape=NewFrozen),),
        errors=(400, 404, 413, 422),
    ),
    ("DELETE", _SHARES + "/{id}"): Operation(
        "Revoke a public link",
        _TAG,
        {200: Content("What it was.", shape=ShareAnswer)},
        parameters=(_ID,),
        errors=(404,),
    ),
    ("GET", _SNAPSHOTS): Operation(
        "Snapshots of the project", _TAG, {200: Content("Newest first, without data.", shape=SnapshotListAnswer)}
    ),
    ("POST", _SNAPSHOTS): Operation(
        "Take a snapshot",
        _TAG,
        _NEW_SNAPSHOT,
        description="All questions are asked now, narrowed as whoever takes it.",
        bodies=(Content("A dashboard and all its questions.", shape=NewSnapshot),),
        errors=(400, 404, 413, 422),
    ),
    ("POST", _SNAPSHOTS + "/import"): Operation(
        "Bring a snapshot from a file",
        _TAG,
        _NEW_SNAPSHOT,
        parameters=(
            parameter("expires_in_ms", "How long it stays; 30 days if not given.", "integer"),
            parameter("public", "Whether it opens without signing in.", "boolean"),
        ),
        bodies=(Content("As it was exported.", shape=SnapshotFile),),
        errors=(400, 413, 422),
    ),
    ("DELETE", _SNAPSHOTS + "/{id}"): Operation(
        "Delete a snapshot for good", _TAG, _ONE_SNAPSHOT, parameters=(_ID,), errors=(404,)
    ),
    ("GET", _SNAPSHOTS + "/{id}/content"): Operation(
        "A snapshot with its data, to show or to export", _TAG, _WHOLE, parameters=(_ID,), errors=(404,)
    ),
    ("POST", _SNAPSHOTS + "/{id}/link"): Operation(
        "Open a snapshot to whoever has the link; one from before ends",
        _TAG,
        _NEW_SNAPSHOT,
        parameters=(_ID,),
        errors=(404,),
    ),
    ("DELETE", _SNAPSHOTS + "/{id}/link"): Operation(
        "Close a snapshot to those outside", _TAG, _ONE_SNAPSHOT, parameters=(_ID,), errors=(404,)
    ),
    ("GET", _PUBLIC + "/dashboard"): Operation(
        "The dashboard of a public link",
        _TAG,
        {200: Content("Without the texts of its questions.", shape=PublicDashboardAnswer)},
        parameters=(_TOKEN,),
        errors=(404,),
    ),
    ("POST", _PUBLIC + "/query"): Operation(
        "The answer to a question of a public link",
        _TAG,
        {200: Content("Columns.", shape=PublicColumnsAnswer)},
        parameters=(_TOKEN,),
        bodies=(Content("Which question, and when.", shape=PublicQuestion),),
        errors=(400, 404, 422),
    ),
    ("GET", _PUBLIC + "/annotations"): Operation(
        "The annotations of a public link",
        _TAG,
        {200: Content("Of the time that it shows; none where it was made without.", shape=PublicAnnotationsAnswer)},
        parameters=(_TOKEN,),
        errors=(404,),
    ),
    ("GET", _PUBLIC + "/plugins"): Operation(
        "The plugins of the widgets of a public link or snapshot",
        _TAG,
        {200: Content("Those that the server has.", shape=PluginListAnswer)},
        parameters=(_TOKEN,),
        errors=(404,),
    ),
    ("GET", _PUBLIC + "/snapshot"): Operation(
        "The snapshot of a public link", _TAG, _WHOLE, parameters=(_TOKEN,), errors=(404,)
    ),
    ("GET", "/embed"): Operation(
        "The page of a public link for a frame of another page",
        _TAG,
        {200: Content("The document; sharing.frame_ancestors says which pages may frame it.", "text/html")},
    ),
    ("WS", "/ws/public"): Operation(
        "Live results of a public link",
        _TAG,
        {101: Content("The connection is a WebSocket from here on.", "")},
        description=_LIVE,
        parameters=(BATCH,),
        errors=(400, 403, 404),
    ),
}
