"""Share of hits of caches under independent references.

- `least_recently_used(shares, holds)`: Che's approximation of an LRU cache, with guaranteed bounds
- `time_to_live(shares, rate, life)`: exact, of a cache that has room for everything
- `both(shares, holds, rate, life)`: Che's approximation of the two together
"""

from groma.solvers.caching.hits import Hits, both, least_recently_used, time_to_live, zipf

__all__ = ["Hits", "both", "least_recently_used", "time_to_live", "zipf"]
