"""The composition root: settings, construction of all rooms, lifecycle."""
