"""What the sources of the tests have alike: they stand for a server that knows no addresses beforehand."""

from __future__ import annotations

from collections.abc import Iterable


class Live:
    """A `Source` but for `start`, `allows` and `fetch`."""

    is_live = True

    def known(self) -> Iterable[str]:
        return ()

    def pace(self, url: str, seconds: float) -> None:
        return

    async def close(self) -> None:
        return
