"""A folder of text files → articles → passages."""
