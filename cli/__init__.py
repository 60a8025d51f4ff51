"""The command line: click commands, one a file. They read input and print results; nothing is computed here."""
