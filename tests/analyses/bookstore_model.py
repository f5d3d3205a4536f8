"""The published bookstore (layeredqueuing/V6, models/rads-bookstore) written as a model of Groma, from its own numbers.

Tasks are components with their threads; a processor is a component whose one server is held for a slice of work; what
the layered model forwards, its caller calls next. Work that is folded over slices there is one slice here.
"""

from __future__ import annotations

COMPONENTS = """
components:
  cpu: {kind: host, threads: 1, offers: {ms1: {work: 1 ms ± 1 ms}, ms2: {work: 2 ms ± 2 ms}, ms3: {work: 3 ms ± 3 ms},
    cart: {work: 3.85 ms ± 3.85 ms}, account: {work: 2.96 ms ± 2.96 ms}}}
  disk: {kind: host, threads: 1, offers: {ms10: {work: 10 ms ± 10 ms}, ms25: {work: 25 ms ± 25 ms},
    ms50: {work: 50 ms ± 50 ms}, ms95: {work: 95.5 ms ± 95.5 ms}}}
  database: {kind: database, threads: 1, offers: {query: {work: 0 ms, steps: [{call: disk.ms10}]}}}
  accounts_db: {kind: database, threads: 3, offers: {
    short: {work: 0 ms, steps: [{call: disk.ms10}]}, longer: {work: 0 ms, steps: [{call: disk.ms25}]},
    order: {work: 0 ms, steps: [{call: disk.ms50}]}, report: {work: 0 ms, steps: [{call: disk.ms95}]}}}
  accounts: {kind: service, threads: 1, offers: {
    log_in: {work: 0 ms, steps: [{call: cpu.account}, {call: accounts_db.short},
      {choose: [{share: 96 %, steps: [{call: accounts_db.short}]}, {share: 4 %, steps: []}]},
      {choose: [{share: 86.4 %, steps: [{call: accounts_db.longer}]}, {share: 13.6 %, steps: []}]}]},
    order: {work: 0 ms, steps: [{call: cpu.ms1}, {call: accounts_db.order}]},
    small: {work: 0 ms, steps: [{call: cpu.ms1}]},
    fill: {work: 0 ms, steps: [{call: cpu.ms3}, {call: accounts_db.longer}, {call: accounts_db.order}]}}}
  line1: {kind: service, threads: 1, offers: {read: {work: 0 ms, steps: [{call: cpu.ms1}, {call: database.query}]}}}
  line2: {kind: service, threads: 1, offers: {read: {work: 0 ms, steps: [{call: cpu.ms1}, {call: database.query}]}}}
  line3: {kind: service, threads: 1, offers: {read: {work: 0 ms, steps: [{call: cpu.ms2}, {call: database.query}]}}}
  line4: {kind: service, threads: 1, offers: {read: {work: 0 ms, steps: [{call: database.query}]}}}
  line5: {kind: service, threads: 1, offers: {read: {work: 0 ms, steps: [{call: cpu.ms2}, {call: database.query}]}}}
  inventory: {kind: service, threads: 1, offers: {
    browse: {work: 0 ms, steps: [{call: cpu.ms1}, {choose: [{share: 9.0909090909 %, steps: []},
      {share: 90.9090909091 %, steps: [{repeat: {until: 9.0909090909 %, steps: [{call: line1.read}]}}]}]}]},
    search: {work: 0 ms, steps: [{call: cpu.ms2}, {call: database.query}]},
    small: {work: 0 ms, steps: [{call: cpu.ms1}]},
    sell: {work: 0 ms, steps: [{choose: [{share: 28.5714285714 %, steps: []},
      {share: 71.4285714286 %, steps: [{repeat: {until: 28.5714285714 %, steps: [{call: line2.read}]}}]}]}]},
    take: {work: 0 ms, steps: [{choose: [{share: 28.5714285714 %, steps: []},
      {share: 71.4285714286 %, steps: [{repeat: {until: 28.5714285714 %, steps: [{call: line3.read}]}}]}]}]},
    update: {work: 0 ms, steps: [{choose: [{share: 0.1996007984 %, steps: []},
      {share: 99.8003992016 %, steps: [{repeat: {until: 0.1996007984 %, steps: [{call: line4.read}]}}]}]}]},
    fill: {work: 0 ms, steps: [{choose: [{share: 40 %, steps: []},
      {share: 60 %, steps: [{repeat: {until: 40 %, steps: [{call: line5.read}]}}]}]}]}}}
  backorder_line: {kind: service, threads: 1, offers: {
    fill: {work: 0 ms, steps: [{call: cpu.ms2}, {call: inventory.fill}, {call: accounts.fill}]}}}
  backorders: {kind: service, threads: 1, offers: {
    fill: {work: 0 ms, steps: [{choose: [{share: 1.9607843137 %, steps: []},
      {share: 98.0392156863 %, steps: [{repeat: {until: 1.9607843137 %, steps: [{call: backorder_line.fill}]}}]}]}]}}}
  cart: {kind: service, offers: {
    small: {work: 0 ms, steps: [{call: cpu.ms1}]},
    check_out: {work: 0 ms, steps: [{call: cpu.cart}, {choose: [{share: 5 %, steps: []}, {share: 95 %, steps: [
      {call: inventory.sell}, {call: inventory.take}, {send: accounts.order}]}]}]}}}
  server: {kind: service, threads: 5, offers: {
    browse: {work: 0 ms, steps: [{call: inventory.browse}]},
    search: {work: 0 ms, steps: [{call: inventory.search}, {call: inventory.search}]},
    add: {work: 0 ms, steps: [{call: inventory.small}, {call: cart.small}]},
    remove: {work: 0 ms, steps: [{call: inventory.small}, {call: cart.small}]},
    check_out: {work: 0 ms, steps: [{call: cart.check_out}]},
    register: {work: 0 ms, steps: [{call: accounts.small}, {call: accounts_db.report}, {call: accounts.small}]}}}
"""


def bookstore(customers: int) -> str:
    """The text of the model, without its head."""
    return (
        COMPONENTS
        + f"""
flows:
  visit:
    starts: {{population: {customers}, think: 3 s ± 3 s}}
    steps:
      - wait: 1 ms ± 1 ms
      - choose:
          - {{share: 42.17627 %, steps: [{{call: server.browse}}]}}
          - {{share: 42.17627 %, steps: [{{call: server.search}}]}}
          - {{share: 8.43525 %, steps: [{{call: server.add}}]}}
          - {{share: 2.10881 %, steps: [{{call: server.remove}}]}}
          - {{share: 2.95234 %, steps: [{{call: accounts.log_in}}]}}
          - {{share: 2.10881 %, steps: [{{call: server.check_out}}]}}
          - {{share: 0.04225 %, steps: [{{call: server.register}}]}}
  administer:
    starts: {{population: 1, think: 100 s ± 100 s}}
    steps:
      - wait: 1 ms ± 1 ms
      - choose:
          - {{share: 50 %, steps: [{{call: inventory.update}}]}}
          - {{share: 50 %, steps: [{{call: backorders.fill}}]}}
"""
    )
