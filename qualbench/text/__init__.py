"""Pure functions on text: spans, edits, words, wrapping. No I/O, no knowledge of a study.

Offsets everywhere are Unicode code points, half-open, over text whose newlines are LF.
"""
