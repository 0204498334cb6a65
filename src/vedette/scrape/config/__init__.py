"""Scrape configuration as Prometheus writes it, read with line numbers."""
