"""Vedette: real-time analytics and monitoring in one process."""

__version__ = "0.1.0"
