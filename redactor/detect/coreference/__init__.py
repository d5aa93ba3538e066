"""Coreference: which mentions are one person, and every other place where one is named."""
