"""What was asked and what people said of it, in one SQLite file."""
