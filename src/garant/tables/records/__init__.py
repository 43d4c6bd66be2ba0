"""Raw records of one client as JSON: what a service is sent, held to the rules of the tables."""
