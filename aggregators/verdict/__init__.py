"""Verdicts of a jury, which may hang, one rule a file."""
