"""Compiled inner loops, each with a plain twin of the same behaviour beside it."""
