"""Ways by which people are reached, one file each."""
