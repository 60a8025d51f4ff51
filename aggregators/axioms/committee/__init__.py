"""Axioms about committees, one a file."""
