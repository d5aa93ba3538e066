"""Microsoft Presidio, and nothing but: no module outside this package imports it.

What it takes to stand on Presidio, with the version the facts were seen in (2.2.366):

- a pattern that times out is skipped with a warning in the log; here it raises;
- its loggers quote the text they could not validate; here nothing of theirs is ever emitted;
- its e-mail recogniser fetches the public suffix list; here it has the list that tldextract
  carries, and no network;
- it tries every pattern at every position, runs phonenumbers once for every region, and walks the
  tokens of a text from the first for every result. Here a pattern is tried where it can match
  (`searches`), phonenumbers runs where a number can be (`phones`), and only the words are cut
  that count for a result (`context`). What is found is the same, finding by finding:
  tests/properties/test_presidio_stock.py compares with its `StockAnalyzer`, which is Presidio's
  own engine on the whole text, and `tests/benchmarks/measure.py differential` over a folder.

Set otherwise than Presidio's default, in `registry` and in `StockAnalyzer` alike:

- all recognisers that read English are on, but those that need a model of their own, and the one
  for IP addresses, which the rules do better;
- a pattern of the Indian tax number that takes any word of ten letters is left out;
- numbers that are digits without more, and sure to Presidio by one check digit that one in ten has
  by chance, score 0.3 at most without a word beside them, and so do all of one country but a few,
  unless the policy names the country; some such words are added, and a few that occur beside
  anything are left out;
- what its shape or its surroundings speak against is left out: parts of digests, rows of numbers,
  words with a digit (`plausibility`);
- context words are matched as parts of words ("lic" in "duplicate"); here as whole words, plural
  or not. Of a spaCy pipeline Presidio needs only tokens for that, so it gets only a tokenizer:
  names are found beside it, in `detect.names`. Runs of eight or more signs are blanks to it;
- an e-mail address is cut back to itself, where Presidio takes in the web address or the name of
  the variable that it belongs to.

And where it does not find what Presidio's engine finds:

- phonenumbers gives up on a text after 65,535 attempts in vain; here it goes on, and may find more;
- digits with nothing but signs of phone numbers between them, on more than 10,000 characters, are
  read in pieces that overlap, since the matcher takes the square of them. It begins with other
  digits there, and may find other numbers among them;
- of more than 1,000 characters without a blank only the last before a finding are cut into words,
  since the tokenizer takes the square of them.
"""
