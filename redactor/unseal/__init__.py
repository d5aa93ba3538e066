"""Opening the sealed vault again: one entry to look at, or whole documents to put back.

Who holds what. The machine that redacts has the collection key and public keys: it can write the
log and seal, and open nothing. A reviewer has an identity, the private half of one of these public
keys. Opening by these commands takes both: the identity to read, the collection key to sign the
record of who read what, when and why. So either the reviewer is trusted with the key, which could
also write another log, or, better, both people stand at one machine: the custodian names the key,
the reviewer the identity.

The record comes first: should it fail to reach the disk, nothing is shown and nothing is written.
It is a duty, not a lock: who has the identity and a copy of the vault can open it with any age
program, unseen. `who` is what people call themselves, or the name they are logged in by.
"""

from redactor.unseal.justification import Justification
from redactor.unseal.restore import Problem, Restoration, RestoreRequest, restore
from redactor.unseal.reveal import reveal

__all__ = ["Justification", "Problem", "Restoration", "RestoreRequest", "restore", "reveal"]
