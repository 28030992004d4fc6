"""`python -m qualbench`."""

from qualbench.cli.app import main

main()
