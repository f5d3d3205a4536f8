"""Cases of audits of pages whose inputs were published outside the project."""

from __future__ import annotations

from site_cases import Case

PUBLISHED: list[Case] = []
