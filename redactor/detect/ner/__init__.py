"""The name model (named entity recognition): people, as spaCy, ONNX or Hugging Face finds them."""
