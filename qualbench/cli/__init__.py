"""The command line: one group of commands a module; each parses, calls the core, prints.

Standard output is data, standard error is narration. Exit code 0: done; 1: refused or found wanting;
2: the command line could not be understood.
"""
