"""Layers around the routes, as plain ASGI applications: each adds a few microseconds to a request."""
