"""Models that the toolkit looks after itself: the embedded default."""
