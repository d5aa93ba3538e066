"""Microsoft Presidio, and nothing but: no module outside this package imports it.

What it takes to stand on Presidio, with the version the facts were seen in (2.2.366):

- a pattern that times out is skipped with a warning in the log; here it raises;
- its loggers quote the text they could not validate; here nothing of theirs is ever emitted;
- its e-mail recogniser fetches the public suffix list; here it has the list that tldextract
  carries, and no network;
- context words are matched as parts of words ("lic" in "duplicate"); here as whole words, plural
  or not. Of a spaCy pipeline it needs only tokens for that, so it gets only a tokenizer: names
  are found beside it, in `detect.names`;
- its search for context walks the tokens from the first, for every result; here it sees a few
  thousand characters at a time, with a margin on both sides.
"""
