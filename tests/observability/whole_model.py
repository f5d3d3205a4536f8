"""A model with every construct that observability reads: what the mutants of its exports are taken from."""

WHOLE = """
groma: 1
system: Order desk & returns
currency: EUR
telemetry: {keeps: 25 %, span: 900 B}
needs:
  quick_word: {measure: latency/answer@replied/p95, at_most: 4 s}
  quick_end: {measure: latency/answer/p99, at_most: 45 s}
  dependable: {measure: availability/answer, at_least: 99.9 %}
  useful: {measure: success/answer@answered, at_least: 60 %}
  booked: {measure: success/book_return, at_least: 99 %}
people:
  agent: {title: Agents, count: 12 people, hours: 38 h, rate: 30 EUR/h}
  team_lead: {title: Team leads, hours: {value: 38 h, known: 30 h .. 40 h}, rate: 50 EUR/h}
components:
  writer:
    kind: llm
    fails: {availability: 99.95 %}
    offers:
      generate:
        work: 800 ms ± 300 ms
        fails: 0.4 %
        throttled: 0.2 %
        per: {output: 5 ms}
        price: {input: 0.3 EUR/Mtoken, output: 2.5 EUR/Mtoken}
  embedder: {kind: embedding, offers: {embed: {work: 60 ms, fails: 0.1 %, price: {input: 0.1 EUR/Mtoken}}}}
  store:
    kind: database
    fails: {availability: 99.95 %}
    threads: 8
    offers: {find: {work: 20 ms}, append: {work: 5 ms, effect: idempotent}}
  shop:
    kind: tool
    title: Shop "of old"
    fails: {availability: 99.9 %}
    offers:
      refund: {work: 300 ms, effect: keyed, impact: refund}
      book: {work: 200 ms, effect: idempotent, fails: 0.2 %}
data:
  case: {class: personal, held_by: [store], backup: {every: 6 h, kept_for: 30 d}}
  trail: {title: Who refunded what, held_by: [store], records: [refund], kept_for: 6 years}
  prices: {class: public, held_by: [store], backup: {every: 24 h, kept_for: 7 d}}
controls:
  replies_off:
    title: Answers are switched off
    against: [rogue]
    stops: [components.writer]
    by: [team_lead]
    within: 5 min
  refunds_off: {against: [no-stop], stops: [components.shop.offers.refund, flows.book_return], by: [agent, team_lead]}
flows:
  answer:
    title: Answer a "hard" case
    starts: {rate: 30/min, busiest: 60/min}
    carries: [case]
    steps:
      - call: embedder.embed
        sizes: {input: 90 tokens}
        cache: {hits: 20 %, takes: 5 ms}
      - parallel: [[{call: store.find}], [{call: store.find}]]
        join: any
      - call: writer.generate
        sizes: {input: 900 tokens ± 300 tokens, output: 160 tokens ± 60 tokens}
        retry: {times: 1, on: [failed, throttled]}
        guard: [{name: wording, rejects: 1 %}, {name: form, rejects: 0.5 %}]
        fallback: [{ask: agent, takes: 3 min}, {stop: ok}]
      - mark: replied
      - choose:
          - {share: 70 %, steps: [{mark: answered}]}
          - share: 30 %
            steps:
              - {ask: team_lead, takes: 2 min, approves: [refund]}
              - {call: shop.refund, retry: {times: 1}}
              - {call: store.append, carries: [trail]}
  book_return:
    title: Book a return
    starts: {rate: 4/min}
    steps:
      - repeat: {times: 2, steps: [{call: shop.book, guard: [{name: form, rejects: 2 %}], fallback: []}]}
  nightly:
    starts: {population: 3, think: 60 s}
    steps: [{call: store.find}]
"""
