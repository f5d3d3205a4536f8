"""Made-up companies in which nothing is wrong, and single problems to plant in them.

`clean(seed)` makes one of many shapes (trade, size, tools, flows, suppliers, places); `PLANTS` are the problems, each
with what a surveyor who finds it says. Neither imports a rule: what is right is written down here, in `clean`, from
what good practice asks, so that a rule that is wrong about it shows.
"""

from companies.clean import Company, clean
from companies.plant import PLANTS, Plant, planted

__all__ = ["PLANTS", "Company", "Plant", "clean", "planted"]
