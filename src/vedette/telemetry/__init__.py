"""Counters and measurements of the process itself, and its log."""
