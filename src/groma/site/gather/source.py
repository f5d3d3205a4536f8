"""Where responses come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from groma.site.page import Response


class Source(Protocol):
    """Answers for addresses of the allowed hosts. `fetch` never raises: no answer is a response of status 0."""

    start: str
    """The normal address that a crawl begins with."""

    is_live: bool
    """Whether answers come from a server, so that headers and times mean something."""

    def allows(self, url: str) -> bool:
        """Whether an address may be asked for at all."""
        ...

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        """One answer, redirects not followed, at most `most` bytes of body.

        With `document` the body of an answer that is no page (a picture, an archive) isn't read.
        """
        ...

    def known(self) -> Iterable[str]:
        """Addresses that exist although nothing may link to them (files of a folder)."""
        ...

    def pace(self, url: str, seconds: float) -> None:
        """From now on lets at least so many seconds pass between two requests to the host of `url`."""
        ...

    async def close(self) -> None: ...
