"""Who somebody is and what they may do: users, sessions, keys, roles, audit. It knows no web framework."""
