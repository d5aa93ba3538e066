"""Name models, shipped and others; the readers that run them, and the detector over them."""
