"""Voting rules: from rankings or approvals to winners, one rule a file."""
