"""Work that a service does aside: in a process of its own, so that decisions do not wait for it."""
