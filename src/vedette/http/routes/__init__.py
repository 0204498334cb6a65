"""Routes, one file per resource: decode, call, encode."""
