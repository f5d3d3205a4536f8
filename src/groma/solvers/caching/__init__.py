"""Share of hits of caches under independent references.

- `least_recently_used(shares, holds)`: Che's approximation of an LRU cache, with guaranteed bounds
- `time_to_live(shares, rate, life)`: exact, of a cache that has room for everything
- `both(shares, holds, Asked(...), life)`: Che's approximation of the two together, with guaranteed bounds
"""

from groma.solvers.caching.hits import Asked, Hits, both, least_recently_used, time_to_live, zipf

__all__ = ["Asked", "Hits", "both", "least_recently_used", "time_to_live", "zipf"]
