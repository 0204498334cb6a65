"""The types of GraphQL, and what answers their fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

Resolver = Callable[..., Awaitable[object] | object]
"""Called with the object that a field is of, `info`, and the field's arguments."""

LANGUAGE: Final = '''
"""Any JSON."""
scalar JSON
"""RFC 3339, in UTC."""
scalar DateTime

type Query {
  """By name; words of `search` are looked for in names, tags and descriptions."""
  dashboards(
    search: String = ""
    tag: String = ""
    name: String = ""
    first: Int = 50
    after: String = ""
  ): DashboardPage!
  """null: there is none with this id."""
  dashboard(id: ID!): Dashboard
}

type Mutation {
  createDashboard(dashboard: DashboardInput!, id: ID = ""): Dashboard!
  """The whole dashboard anew; `version` is the one that the change is based on."""
  updateDashboard(id: ID!, version: Int!, dashboard: DashboardInput!): Dashboard!
  """It can be restored for some time."""
  deleteDashboard(id: ID!, version: Int!): Dashboard!
  """Back from being deleted; with `to`, which needs `version`, back to that former version."""
  restoreDashboard(id: ID!, to: Int = 0, version: Int = 0): Dashboard!
}

type DashboardPage {
  nodes: [Dashboard!]!
  """`after` of the page that follows; empty: this is the last."""
  next: String!
}

type Dashboard {
  id: ID!
  name: String!
  version: Int!
  """The beginning of it; all of it is in `spec`."""
  description: String!
  folder: String!
  tags: [String!]!
  """Who made it."""
  owner: String!
  created: DateTime!
  updated: DateTime!
  updatedBy: String!
  """Whether somebody outside sees it by a public link."""
  public: Boolean!
  """`live`, `off`, or a duration such as `30s`."""
  refresh: String!
  """`browser`, `utc` or a name of the IANA database."""
  timezone: String!
  """Its variables, among them those that are filters on everything."""
  filters: [JSON!]!
  """Where its widgets stand, in their order."""
  layout: [Place!]!
  widgets: [Widget!]!
  """The whole document, as the REST API has it."""
  spec: JSON!
  """Newest first; `before` a number goes on from there."""
  versions(first: Int = 50, before: Int = 0): [DashboardVersion!]!
}

"""On a grid of 12 columns; rows are 48 px."""
type Place {
  x: Int!
  y: Int!
  w: Int!
  h: Int!
}

type Widget {
  id: ID!
  kind: String!
  title: String!
  place: Place!
  """All of it, as it stands in the dashboard."""
  spec: JSON!
}

type DashboardVersion {
  version: Int!
  name: String!
  message: String!
  saved: DateTime!
  savedBy: String!
}

input DashboardInput {
  name: String!
  spec: JSON!
  """What is noted of this version."""
  message: String = ""
}
'''


def make_schema(resolvers: Mapping[str, Mapping[str, Resolver]]) -> GraphQLSchema:
    """The schema with its fields' answers; `resolvers` by type and field, and every field needs one."""
    schema = build_schema(LANGUAGE)
    for name, fields in resolvers.items():
        kind = schema.type_map[name]
        if not isinstance(kind, GraphQLObjectType):
            raise TypeError(f"BUG: {name} is no type with fields")
        for field_name, resolve in fields.items():
            kind.fields[field_name].resolve = resolve
    return schema
