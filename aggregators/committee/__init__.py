"""Committee rules: from approvals to committees of a given size, one rule a file."""
