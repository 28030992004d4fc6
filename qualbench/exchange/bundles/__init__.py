"""Bundles: one coder's work on a copy of a study, taken to another copy of it."""
