"""Work for reviewers, drawn from a log: places to decide about, passages to read."""
