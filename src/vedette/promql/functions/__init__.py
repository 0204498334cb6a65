"""PromQL functions, one file per family."""
