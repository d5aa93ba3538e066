"""Text in, findings out: rules, Presidio, names, and who is who."""
