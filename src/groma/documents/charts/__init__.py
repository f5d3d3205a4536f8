"""Charts: what they show (`chart`) and how each kind is drawn as SVG, every figure marked with its ledger id."""
