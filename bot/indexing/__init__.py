"""A folder of articles → an index on disk: what has changed is analyzed, the rest taken over."""
