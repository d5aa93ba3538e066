"""Alternate views of a text: spaced out, encoded, reversed or misread, with exact positions."""
