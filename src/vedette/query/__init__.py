"""The service in front of the query languages: limits, running queries, statistics."""
