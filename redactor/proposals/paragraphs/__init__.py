"""The paragraphs of parts of office documents, as people read them: texts and their places."""
