"""Operations on annotations."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from vedette.dashboards.annotations import MAX_LIMIT, ChangedAnnotation, NewAnnotation
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.routes.annotations import AnnotationView


class AnnotationAnswer(msgspec.Struct):
    """One annotation; its version is also the `ETag`."""

    status: Literal["success"]
    data: AnnotationView


class AnnotationListAnswer(msgspec.Struct):
    """Newest first."""

    status: Literal["success"]
    data: list[AnnotationView]


_PATH: Final = "/api/v1/annotations"
_ID: Final = in_path("id", "Its id.")
_ETAG: Final[dict[str, Any]] = {"type": "string", "pattern": '^"[0-9]+"$'}
_IF_MATCH: Final = Parameter("If-Match", "The ETag of what is changed.", "header", required=True, schema=_ETAG)
_ONE: Final = {200: Content("The annotation.", shape=AnnotationAnswer)}

ANNOTATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _PATH): Operation(
        "Annotations that touch a time",
        "annotations",
        {200: Content("Newest first.", shape=AnnotationListAnswer)},
        parameters=(
            parameter("start_ms", "First moment.", "integer", required=True),
            parameter("end_ms", "Last moment.", "integer", required=True),
            parameter("dashboard", "Only those of this dashboard and those of all dashboards."),
            Parameter("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}),
        ),
        errors=(400,),
    ),
    ("POST", _PATH): Operation(
        "Make an annotation",
        "annotations",
        {201: Content("The new annotation.", shape=AnnotationAnswer)},
        bodies=(Content("What it says, and when.", shape=NewAnnotation),),
        errors=(400, 404, 422),
    ),
    ("GET", _PATH + "/{id}"): Operation("An annotation", "annotations", _ONE, parameters=(_ID,), errors=(404,)),
    ("PATCH", _PATH + "/{id}"): Operation(
        "Change an annotation",
        "annotations",
        _ONE,
        parameters=(_ID, _IF_MATCH),
        bodies=(Content("What changes.", shape=ChangedAnnotation),),
        errors=(400, 404, 409, 422, 428),
    ),
    ("DELETE", _PATH + "/{id}"): Operation(
        "Delete an annotation for good",
        "annotations",
        _ONE,
        parameters=(_ID, _IF_MATCH),
        errors=(400, 404, 409, 428),
    ),
}
