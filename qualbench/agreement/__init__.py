"""Two coders: how far they agree, and the agreed layer they make of it."""
