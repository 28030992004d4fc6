"""The workbench: a terminal application that calls the core and draws. It holds no session and no SQL."""
