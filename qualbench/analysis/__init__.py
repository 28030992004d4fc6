"""What the coding shows: matrices and quotes."""
