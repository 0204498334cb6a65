"""Prometheus' template language for labels and annotations: a tree of its own, no access to anything but data."""
