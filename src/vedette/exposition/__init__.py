"""Prometheus text format and OpenMetrics, encode and decode, no I/O."""
