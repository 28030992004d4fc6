"""The codebook: themes, sub-themes and codes, with what a coder needs to apply them."""
