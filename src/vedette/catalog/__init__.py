"""Everything that is not samples or events: users, roles, projects, sessions, keys, audit, documents."""
