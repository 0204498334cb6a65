"""PromQL: text to tree to plan to columns."""
