"""Codings: a code on a span of a source, in the layer of one coder or in the agreed one."""
