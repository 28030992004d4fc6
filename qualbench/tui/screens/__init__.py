"""Screens of the workbench, one a mode."""
