"""Finding what identifies people, deciding on it by entity, and sealing it for good."""
