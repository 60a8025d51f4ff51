"""What stands between the runner and a backend: retries and the budget."""
