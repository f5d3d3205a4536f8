"""Reserve of pools by hand: who takes from them, and what is left of one or of members of which nobody knows."""

from __future__ import annotations

import math

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure

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
    told = [(line.text, line.value) for line in found.derivation]
    gib = 2**30
    assert told == [
        ("3 members, the largest lost", f"{128 * gib:.6g} to {128 * gib:.6g} left"),
        ("taken by 2 of 2 that take from it", f"{32 * gib:.6g} to {32 * gib:.6g}"),
    ]


def test_what_runs_on_another_pool_takes_from_that_and_not_from_what_it_depends_on() -> None:
    """One of two of 64 GiB is left of its own pool: 50 and 9 are taken."""
    text = POOL.replace("MEMORY", "64 GiB")
    more = text + "  own: {kind: service, runs_on: others, depends_on: [hosts], takes: {memory: 9 GiB}}\n"
    before, after = (figure(context(t), "headroom/hosts/memory").value for t in (text, more))
    assert before == after
    assert figure(context(more), "headroom/others/memory").value == pytest.approx((64 - 50 - 9) / 64)


def test_of_members_of_unknown_size_anything_may_be_left_and_of_one_alone_nothing() -> None:
    unknown = POOL.replace("MEMORY", "unknown")
    found = figure(context(unknown), "headroom/hosts/memory")
    assert (found.value, found.low, found.high) == (None, None, 1.0)
    assert bounds(context(unknown), "headroom/hosts/memory") == (1.0, -math.inf)
    alone = figure(context(unknown.replace("replicas: 3, ", "")), "headroom/hosts/memory")
    assert (alone.value, alone.high) == (None, 0.0)
    one = POOL.replace("replicas: 3, ", "").replace("MEMORY", "64 GiB")
    assert bounds(context(one), "headroom/hosts/memory") == (-math.inf, -math.inf)


def test_of_members_still_to_be_chosen_there_are_ends_and_no_middle() -> None:
    """Two of either 64 or 32 GiB, if any: of one of 64 that is left, 16 are taken."""
    text = """
components:
  hosts: {kind: host}
  large: {kind: host, replicas: 2, provides: {memory: 64 GiB}}
  small: {kind: host, replicas: 2, provides: {memory: 32 GiB}}
  app: {kind: service, runs_on: hosts, takes: {memory: 16 GiB}}
"""
    found = figure(opened(text, "hosts", "size", large="large", small="small"), "headroom/hosts/memory")
    assert (found.value, found.low, found.high) == (None, None, pytest.approx(48 / 64))


def test_half_of_the_one_core_that_is_left_is_half() -> None:
    text = """
components:
  hosts: {kind: host, replicas: 2, provides: {cores: 1 cores}}
  app: {kind: service, runs_on: hosts, takes: {cores: 0.5 cores}}
"""
    found = figure(context(text), "headroom/hosts/cores")
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_what_takes_is_still_to_be_chosen_and_may_take_nothing() -> None:
    """Of 64 GiB that are left, 16 or 8 are taken, or nothing."""
    text = """
components:
  hosts: {kind: host, replicas: 2, provides: {memory: 64 GiB}}
  app: {kind: service, runs_on: hosts}
  large: {kind: service, runs_on: hosts, takes: {memory: 16 GiB}}
  small: {kind: service, runs_on: hosts, takes: {memory: 8 GiB}}
"""
    c = opened(text, "app", "size", large="large", small="small")
    found = figure(c, "headroom/hosts/memory")
    assert (found.low, found.value, found.high) == (pytest.approx(48 / 64), None, 1.0)
    taken = figure(c.with_partial({"size": "small"}), "headroom/hosts/memory")
    assert (taken.low, taken.value, taken.high) == pytest.approx((56 / 64, 56 / 64, 56 / 64))


def test_of_a_cluster_its_hosts_are_the_members_and_what_runs_on_either_takes_from_all() -> None:
    """One of 64 GiB and two of 32: 64 are left when the largest is lost; 16 and 8 are taken. What runs elsewhere, or
    provides something else, is no member."""
    text = """
components:
  cluster: {kind: cluster}
  big: {kind: host, runs_on: cluster, provides: {memory: 64 GiB}}
  small: {kind: host, runs_on: cluster, replicas: 2, provides: {memory: 32 GiB}}
  apart: {kind: host, provides: {memory: 512 GiB}}
  feed: {kind: feed, runs_on: cluster, provides: {power: 500 W}, takes: {memory: 0 GiB}}
  app: {kind: service, runs_on: cluster, takes: {memory: 16 GiB}}
  job: {kind: service, runs_on: small, takes: {memory: 8 GiB}}
"""
    found = figure(context(text), "headroom/cluster/memory")
    assert (found.low, found.value, found.high) == pytest.approx((40 / 64, 40 / 64, 40 / 64))
    assert found.derivation[0].text == "3 members, the largest lost"
