"""A site as it is to be, designed from what the business says of itself.

- `read_plan(path, model)`: `site.yaml` with the facts of the model, checked
- `design_site(plan)`: addresses, menus, links that move PageRank, entity graph, briefs
- `inventory(plan, structure, site)`: what the existing site has, and what becomes of it
"""

from groma.site.plan.design import SiteDesign, design_site
from groma.site.plan.elements import Plan, Said
from groma.site.plan.inventory import Old, gaps, inventory, other_values
from groma.site.plan.read import read_plan

__all__ = [
    "Old",
    "Plan",
    "Said",
    "SiteDesign",
    "design_site",
    "gaps",
    "inventory",
    "other_values",
    "read_plan",
]
