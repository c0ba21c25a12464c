"""A question → an answer: evidence, the sentence that answers, citations, or an honest refusal."""
