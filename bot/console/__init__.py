"""The local console: one-shot answers, a chat, batches, and their rendering."""
