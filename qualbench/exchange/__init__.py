"""What goes out to other programs and to paper, and the gates it goes through."""
