"""Axioms about who wins, one a file."""
