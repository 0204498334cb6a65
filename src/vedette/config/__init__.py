"""Reading settings from a file, the environment and flags into one tree."""
