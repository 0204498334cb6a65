"""Pulling metrics from targets and from this machine."""
