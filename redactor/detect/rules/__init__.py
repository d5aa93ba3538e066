"""YAML rules at work: the detector, the check of their examples, the check for slow patterns."""
