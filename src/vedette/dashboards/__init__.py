"""Dashboards: what a document of one is, templates, provisioning from files, and what is taken over from Grafana."""
