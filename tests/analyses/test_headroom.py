"""Reserve of pools by hand: who takes from them, and what is left of one or of members of which nobody knows."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses import figure

POOL = """
components:
  hosts: {kind: host, replicas: 3, provides: {memory: MEMORY}}
  others: {kind: host, replicas: 2, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: 20 GiB}}
  job: {kind: service, depends_on: [hosts], replicas: 2, takes: {memory: 6 GiB}}
  beside: {kind: service, depends_on: [others], takes: {memory: 50 GiB}}
  light: {kind: service, depends_on: [hosts], takes: {power: 5 W}}
"""


def test_what_depends_on_a_pool_takes_from_it_and_what_depends_on_another_does_not() -> None:
    """Two of three are left, 128 GiB; 20 and twice 6 are taken."""
    found = figure(context(POOL.replace("MEMORY", "64 GiB")), "headroom/hosts/memory")
    assert found.value == pytest.approx((128 - 20 - 12) / 128)


def test_of_members_of_unknown_size_anything_may_be_left_and_of_one_alone_nothing() -> None:
    unknown = POOL.replace("MEMORY", "unknown")
    found = figure(context(unknown), "headroom/hosts/memory")
    assert (found.value, found.low, found.high) == (None, None, 1.0)
    alone = figure(context(unknown.replace("replicas: 3, ", "")), "headroom/hosts/memory")
    assert (alone.value, alone.high) == (None, 0.0)
