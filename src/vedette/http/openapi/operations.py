"""The table of operations: every route and method that is served, with what the document says of it."""

from __future__ import annotations

from typing import Final

from vedette.http.openapi.operation import Operation
from vedette.http.openapi.operations_access import ACCESS
from vedette.http.openapi.operations_alerting import ALERTING
from vedette.http.openapi.operations_alertmanager import ALERTMANAGER
from vedette.http.openapi.operations_annotations import ANNOTATIONS
from vedette.http.openapi.operations_dashboard_sets import DASHBOARD_SETS
from vedette.http.openapi.operations_dashboards import DASHBOARDS
from vedette.http.openapi.operations_documents import DOCUMENTS
from vedette.http.openapi.operations_graphql import GRAPHQL
from vedette.http.openapi.operations_ingest import INGEST
from vedette.http.openapi.operations_live import LIVE
from vedette.http.openapi.operations_plugins import PLUGINS
from vedette.http.openapi.operations_privacy import PRIVACY
from vedette.http.openapi.operations_prometheus import PROMETHEUS
from vedette.http.openapi.operations_query import QUERY
from vedette.http.openapi.operations_rules import RULES
from vedette.http.openapi.operations_server import SERVER
from vedette.http.openapi.operations_sharing import SHARING

OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    **SERVER,
    **INGEST,
    **PROMETHEUS,
    **QUERY,
    **LIVE,
    **DOCUMENTS,
    **DASHBOARDS,
    **DASHBOARD_SETS,
    **GRAPHQL,
    **PLUGINS,
    **ANNOTATIONS,
    **RULES,
    **ALERTMANAGER,
    **ALERTING,
    **ACCESS,
    **PRIVACY,
    **SHARING,
}
