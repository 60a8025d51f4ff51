"""Axioms about the social ranking and the utilities behind it, one a file.

They speak of complete utilities; where a voter has no opinion on something, they ask nothing.
"""
