"""Compiled inner loops, each with a plain twin of the same behaviour beside it."""

import os
from typing import Final

WANTED: Final = os.environ.get("VEDETTE_NO_KERNEL") != "1"
"""Whether compiled kernels may be used; VEDETTE_NO_KERNEL=1 forces the plain twins."""
