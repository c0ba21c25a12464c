"""Vietnamese: normalising, folding, words, abbreviations, chat spelling, and how a question is read."""
