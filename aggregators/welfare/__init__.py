"""Welfare functions: from utilities to the welfare of each alternative, one rule a file."""
