"""Search: words, phrases and patterns in the texts of a study, with the same hits on every database."""
