"""Axioms about how utilities are weighed, one a file."""
