"""What a document as a whole says for and against the people who were found in it."""
