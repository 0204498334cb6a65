"""Widgets of others: folders with a manifest and an ES module, checked, pinned by hash and shown in a sandbox."""
