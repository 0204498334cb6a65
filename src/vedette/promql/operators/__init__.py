"""Operators: one file per kind of work; build.py makes them from a plan."""
