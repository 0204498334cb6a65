"""The port to where samples live, and what ships with it: an in-memory store and a tee for observers."""
