"""Hỏi Báo: ask Vietnamese newspaper articles a question, get the paragraph that answers, with its citation."""

__version__ = "0.1.0"
