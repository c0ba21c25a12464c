"""The BM25 index, its file on disk, and the ranking of passages."""
