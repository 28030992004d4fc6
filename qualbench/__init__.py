"""qualbench: a terminal workbench for the qualitative process evaluation of a trial."""

__version__ = "0.1.0"
