"""Topologies, one a file: who hears whom in a deliberation."""
