"""Pages for the people who sit with the client: no model and no threshold of their own, everything from the service."""
