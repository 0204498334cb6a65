"""Where targets come from: one file for each kind of discovery, found by its DISCOVERY constant."""
