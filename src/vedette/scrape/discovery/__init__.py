"""Where targets come from, one mechanism per file."""
