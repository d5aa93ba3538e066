"""The accurate model: a pretrained encoder fine-tuned to tag names. Needs the `train` extra."""
