"""The values every room speaks: labels, matchers, batches, grids, frames, time ranges and durations."""
