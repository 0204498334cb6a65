"""This machine's own metrics, named as node_exporter names them wherever the meaning is the same."""
