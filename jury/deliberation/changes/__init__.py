"""What changed between two sets of answers of the same jurors, a file a question; see `jury.deliberation.change`."""
