"""One file per workload, each with `TITLE` and `run(report, options)`."""
