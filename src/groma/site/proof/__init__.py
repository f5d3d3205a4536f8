"""Proof: patches of findings applied to a copy, audited again as each crawler, held against what was before.

- `prove(source, read)`: audits, patches what can be patched, audits again; gives a `Proof`
- `patched(...)`: files with patches applied, and why some weren't
- `key_of(audit, hit)`: what stays the same of a hit from one audit to the next
"""

from groma.site.proof.keys import Key, key_of, keys_of
from groma.site.proof.patching import Patched, patched
from groma.site.proof.prove import Proof, prove_answers, prove_folder

__all__ = ["Key", "Patched", "Proof", "key_of", "keys_of", "patched", "prove_answers", "prove_folder"]
