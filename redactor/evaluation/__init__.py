"""How well something does against gold: what people marked, what was found, and the figures."""
