"""REFI-QDA, the exchange format of qualitative data analysis programs (www.qdasoftware.org, version 1.5)."""
