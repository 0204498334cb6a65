"""Writes the OpenAPI document from the table of operations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

import vedette
from vedette.dashboards.document import Dashboard
from vedette.http.openapi.operation import FORM, Content, Operation, Parameter
from vedette.http.openapi.shapes import Error
from vedette.http.policy import POLICY, Open

_REF: Final = "#/components/schemas/{name}"
_CONVERTOR = re.compile(r"\{(\w+)(?::\w+)?\}")
_DESCRIPTION = """Real-time metrics in one process. What Prometheus has below `/api/v1/` answers as Prometheus does, so
that its clients work unchanged; times there are seconds since 1970 or RFC 3339. Our own routes give milliseconds,
in names that end in `_ms`. WebSocket routes are described as GET requests with an answer 101."""


def document(operations: Mapping[tuple[str, str], Operation]) -> dict[str, Any]:
    """The whole document; keys are (method, path), a socket's method is WS."""
    # The content of documents is any JSON to the operations; pages need the types of what they keep there.
    shapes: list[Any] = [Error, Dashboard]
    for operation in operations.values():
        for content in (*operation.bodies, *operation.answers.values()):
            if content.shape is not None and content.shape not in shapes:
                shapes.append(content.shape)
    references, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    schema_of = {id(shape): reference for shape, reference in zip(shapes, references, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), operation in sorted(operations.items(), key=lambda item: (item[0][1], item[0][0])):
        plain = _CONVERTOR.sub(r"{\1}", path)
        verb = "get" if method == "WS" else method.lower()
        paths.setdefault(plain, {})[verb] = _operation(method, path, operation, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vedette", "version": vedette.__version__, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(components.items()))},
    }


def _operation(method: str, path: str, operation: Operation, schema_of: Mapping[int, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": _operation_id(method, path),
        "tags": [operation.tag],
        "summary": operation.summary,
        "x-access": POLICY[method, path].value,
    }
    if operation.description:
        found["description"] = operation.description
    as_form = operation.form and method == "POST"
    in_url = [item for item in operation.parameters if not as_form or item.place != "query"]
    if in_url:
        found["parameters"] = [_parameter(item) for item in in_url]
    if as_form:
        found["requestBody"] = {"content": {FORM: {"schema": _form(operation.parameters)}}}
    elif operation.bodies:
        content = {body.media_type: _content(body, schema_of) for body in operation.bodies}
        words = " ".join(dict.fromkeys(body.description for body in operation.bodies))
        found["requestBody"] = {"required": True, "description": words, "content": content}
    found["responses"] = {str(status): _answer(answer, schema_of) for status, answer in operation.answers.items()}
    error = {"schema": schema_of[id(Error)]}
    for status in sorted({*operation.errors, *_anywhere(method, path)} - operation.answers.keys()):
        found["responses"][str(status)] = {"description": _STATUS[status], "content": {"application/json": error}}
    return found


def _anywhere(method: str, path: str) -> tuple[int, ...]:
    """Statuses that the layers before the route answer with, and the gate."""
    if POLICY[method, path] is Open.PUBLIC:
        # A socket of a page of another origin is refused as a change is.
        return (421, 500, 503) if method == "GET" else (403, 421, 500, 503)
    return (400, 401, 403, 404, 421, 429, 500, 503)


_STATUS: Final = {
    400: "The request is wrong; the message says where.",
    401: "Not known who asks: sign in, or send an API key; `reason` says what is wrong with what was sent.",
    403: "Refused: `permission` is missing, or a page of another origin asks.",
    404: "No such thing.",
    409: "Changed by somebody else.",
    413: "The body is larger than allowed.",
    415: "Not a format that is understood here.",
    421: "Refused: the Host header is no name of this server.",
    422: "The query cannot be executed; a limit that was hit is named.",
    428: "A change needs the If-Match header.",
    429: "Too busy: come again after the time in Retry-After.",
    500: "An error of our own; the server's log has it under the request id.",
    503: "Not now: starting, stopping, out of time, or the disk is full.",
}


def _answer(content: Content, schema_of: Mapping[int, Any]) -> dict[str, Any]:
    if not content.media_type:
        return {"description": content.description}
    return {"description": content.description, "content": {content.media_type: _content(content, schema_of)}}


def _content(content: Content, schema_of: Mapping[int, Any]) -> dict[str, Any]:
    schema = {"type": "string"} if content.shape is None else schema_of[id(content.shape)]
    return {"schema": schema} | ({"example": content.example} if content.example is not None else {})


def _parameter(item: Parameter) -> dict[str, Any]:
    return {
        "name": item.name,
        "in": item.place,
        "description": item.description,
        "required": item.required,
        "schema": dict(item.schema),
    }


def _form(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    in_form = [item for item in parameters if item.place == "query"]
    return {
        "type": "object",
        "properties": {item.name: {**item.schema, "description": item.description} for item in in_form},
        "required": [item.name for item in in_form if item.required],
    }


def _operation_id(method: str, path: str) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", _CONVERTOR.sub(r"by_\1", path)) if word]
    return "_".join([method.lower(), *words]) if words else f"{method.lower()}_root"
