"""The heart: tables, database, journal, settings, and the moving of what hangs on a text."""
