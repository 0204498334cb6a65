"""Dashboards for those outside: public links with a frozen set of questions, and snapshots with their answers."""
