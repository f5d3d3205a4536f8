"""A designed site as files: pages, markup, robots.txt, sitemaps, llms.txt, rules for hosts; and its ledger of claims.

- `site_files(design, host)`: path -> bytes
- `claims(design, files)`, `broken(claims)`: each claim in markup traced, and those that don't hold
- `held(design, folder)`: a folder on disk against the plan
"""

from groma.site.build.files import site_files
from groma.site.build.hosts import HOSTS
from groma.site.build.ledger import Claim, broken, claims, held

__all__ = ["HOSTS", "Claim", "broken", "claims", "held", "site_files"]
