"""From decoded batches to the store: relabel, validate, limit, append; every drop has a reason."""
