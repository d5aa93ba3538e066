"""Reports of a log, for people and for other programs: a page, an index, tables and events.

`evidence.gather` reads a log once; `summary` is the pure part, and each form of output is one
module. Nothing here holds removed text, for the log has none; the words around a finding come from
the published copy.
"""
