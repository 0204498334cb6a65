"""What the catalog keeps, a record for each kind of row. Times are milliseconds; 0 stands for never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A tenancy boundary; `name` is its key and is what the storage port calls a project."""

    name: str
    title: str = ""
    limits: ProjectLimits
    version: int = 1
    created_ms: int
    deleted_ms: int = 0


class ProjectLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a project may use; None takes the server's setting."""

    max_active_series: int | None = None
    max_active_series_per_metric: int | None = None
    max_new_series_per_hour: int | None = None
    max_samples_per_s: int | None = None
    """Samples taken in per second, as an average over ten seconds."""
    max_query_samples: int | None = None
    max_query_series: int | None = None
    query_timeout_s: float | None = None
    max_concurrent_queries: int | None = None
    """Queries under way, waiting ones included; more of them are refused."""
    max_bytes: int | None = None
    """Size on disk; beyond it the oldest blocks go."""


LimitsOf = Callable[[str], ProjectLimits | None]
"""project -> its limits, from memory; None: those of the server's settings."""


def no_limits(_project: str) -> None:
    """Where projects have no limits of their own."""
    return


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person; `name` is what they sign in with, in lower case and unique."""

    id: str
    name: str
    email: str = ""
    display_name: str = ""
    password_hash: str = ""
    """argon2id; empty: no password, sign-in by OIDC only."""
    password_changed_ms: int = 0
    is_instance_admin: bool = False
    totp_secret: str = ""
    """Sealed with the instance's key; empty: no second factor."""
    totp_last_step: int = 0
    """The time step of the code used last: no code works twice."""
    recovery_hashes: tuple[str, ...] = ()
    oidc_issuer: str = ""
    oidc_subject: str = ""
    created_ms: int
    last_login_ms: int = 0
    disabled_ms: int = 0


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of permissions; `selector` such as `{team="a"}` narrows every question to the series it selects."""

    name: str
    description: str = ""
    permissions: tuple[str, ...]
    selector: str = ""
    version: int = 1


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A user has one role in a project."""

    user_id: str
    project: str
    role: str


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in browser; only the hash of its token is kept."""

    id: str
    """Public, for listing and revoking."""
    token_hash: str
    csrf_token: str
    user_id: str
    method: str
    """How the user signed in: `password`, `password+totp`, `password+recovery`, `oidc`, `setup`."""
    created_ms: int
    last_seen_ms: int
    expires_ms: int
    """The absolute end."""
    address: str = ""
    user_agent: str = ""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a program; only the hash of its secret is kept. It never may more than its owner may now."""

    id: str
    name: str
    prefix: str
    """The first characters, to recognise it by."""
    secret_hash: str
    project: str
    scopes: tuple[str, ...]
    """Of `ingest`, `read`, `edit`, `admin`."""
    owner_id: str = ""
    """The user whose rights bound it; empty for a key made on the command line."""
    created_ms: int
    expires_ms: int = 0
    last_used_ms: int = 0
    revoked_ms: int = 0


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log; `hash` is over the line and `previous_hash`, so that none can go unnoticed."""

    seq: int
    time_ms: int
    actor_kind: str
    """`user`, `key`, `cli`, `anonymous` or `server`."""
    actor_id: str
    actor: str
    action: str
    """`login`, `user.update`, `key.create`, `document.delete`, `denied` and so on."""
    object_kind: str = ""
    object_id: str = ""
    project: str = ""
    address: str = ""
    result: str
    """`ok`, `refused` or `failed`."""
    detail: dict[str, Any] = msgspec.field(default_factory=dict)
    """Never holds a secret."""
    request_id: str = ""
    previous_hash: str
    hash: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard, a rule, a privacy rule ...: `spec` is JSON that the owner of the `kind` understands."""

    kind: str
    id: str
    project: str
    name: str
    version: int
    spec: dict[str, Any]
    created_ms: int
    created_by: str
    updated_ms: int
    updated_by: str
    deleted_ms: int = 0


class DocumentHead(msgspec.Struct, frozen=True, kw_only=True):
    """A document without its content, for lists."""

    kind: str
    id: str
    project: str
    name: str
    version: int
    tags: tuple[str, ...]
    created_ms: int
    created_by: str
    updated_ms: int
    updated_by: str
    deleted_ms: int = 0
    folder: str = ""
    """Id of the document of kind `folder` that it says it is in; what names none that is there is in none."""
    description: str = ""
    """Its beginning."""


class DocumentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Documents in the order of their names; `after` of the next page is `next`, empty at the end."""

    documents: tuple[DocumentHead, ...]
    next: str


class DocumentVersionHead(msgspec.Struct, frozen=True, kw_only=True):
    """A saved state of a document without its content, for lists."""

    document_id: str
    version: int
    name: str
    saved_ms: int
    saved_by: str
    message: str = ""


class DocumentVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One saved state of a document."""

    document_id: str
    version: int
    name: str
    spec: dict[str, Any]
    saved_ms: int
    saved_by: str
    message: str = ""


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """A mark on the time axis; `end_ms` is `time_ms` where it is a moment."""

    id: str
    project: str
    time_ms: int
    end_ms: int
    title: str
    text: str = ""
    tags: tuple[str, ...] = ()
    dashboard: str = ""
    """Id of the dashboard that it is about; empty: of all of the project."""
    widget: str = ""
    """Id of the widget there; empty: of all."""
    version: int = 1
    created_ms: int = 0
    created_by: str = ""
    updated_ms: int = 0
    updated_by: str = ""


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody likes to find first in one project: ids of dashboards, the newest first."""

    stars: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    home: str = ""
    """`host`, `list` or the id of a dashboard; empty: what was starred and looked at, where there is any."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was given away out of a project: a public link to a dashboard, or a snapshot with its data.

    The content is not among this; see `shares.content`.
    """

    id: str
    project: str
    kind: str
    """`link` or `snapshot`."""
    token_hash: str = ""
    """Of the token that opens it without signing in; empty: nobody can."""
    title: str
    dashboard: str = ""
    """Id of the dashboard that it was made from, where there is one."""
    is_live: bool = False
    """Whether a link follows the present."""
    owner_kind: str
    """`user`, `key` or `anyone`: whose rights a link has."""
    owner_id: str
    narrowing: tuple[str, ...] = ()
    """The matchers that a snapshot's answers were narrowed by."""
    size_bytes: int = 0
    """Of the content as it is kept."""
    created_ms: int
    created_by: str
    expires_ms: int
    last_seen_ms: int = 0
    views: int = 0
