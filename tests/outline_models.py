"""Models that the tests of infrastructure as code share."""

CLOUDS = """
groma: 1
system: Parts of three clouds
currency: EUR
practice: ai
exchange: {USD: 0.9 EUR}
places:
  DE: {kind: jurisdiction}
  zone_1: {kind: zone, in: DE}
  zone_2: {kind: zone, in: DE}
suppliers:
  mistral: {title: Mistral}
components:
  front:
    kind: host
    product: azure/Standard_D2s_v5@westeurope
    place: [zone_1, zone_2]
    replicas: 2
  desk:
    kind: service
    title: Desk "of ${all}"
    runs_on: front
    replicas: 2
    offers: {accept: {work: 10 ms}}
  store:
    kind: storage
    product: aws/s3/storage@us-east-1
    price: 1 EUR/month
  crew:
    kind: host
    product: aws/m7g.large@us-east-1
    replicas: 3
  clerk:
    kind: service
    runs_on: crew
    offers: {file: {work: 10 ms}}
  single:
    kind: host
    product: aws/m7g.large@us-east-1
  logbook:
    kind: log
    product: azure/log-analytics-workspace/log-data-ingestion@westeurope
    price: 1 EUR/month
  runner:
    kind: host
    product: gcp/e2-standard-4
    replicas: 2
  job:
    kind: service
    runs_on: runner
    offers: {work: {work: 10 ms}}
  writer:
    kind: llm
    product: bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0
    offers: {generate: {work: 1 s}}
  reader:
    kind: llm
    product: google/gemini-2.5-flash@eu
    offers: {generate: {work: 1 s}}
  helper:
    kind: llm
    product: mistral/mistral-large-2512
    supplier: mistral
    offers: {generate: {work: 1 s}}
  books:
    kind: database
    title: Books
    product: aws/rds/x@us-east-1
    replicas: 3
    price: 1 EUR/month
  shelf:
    kind: database
    product: azure/postgresql-flexible-server/x@westeurope
    replicas: 2
    price: 1 EUR/month
  archive:
    kind: database
    product: gcp/sql-database-instance/x
    replicas: 4
    price: 1 EUR/month
  old_books:
    kind: database
    existing: true
    offers: {read: {work: 5 ms}}
connections:
  one: {from: clerk, to: old_books}
  two: {from: job, to: helper}
flows:
  answer:
    starts: {rate: 10/min}
    steps:
      - {call: desk.accept}
      - {call: writer.generate, sizes: {input: 100 tokens, output: 10 tokens}}
      - {call: reader.generate, sizes: {input: 100 tokens, output: 10 tokens}}
      - {call: old_books.read}
"""


def every_service() -> str:
    """A model with two of everything that an outline can make, in each cloud."""
    from groma.exporters.terraform.parts import CLOUDS as KNOWN

    sizes = {"azure": "Standard_D2s_v5", "aws": "m7g.large", "google": "e2-standard-4"}
    regions = {"azure": "westeurope", "aws": "us-east-1", "google": "us-central1"}
    models = {
        "aws": ("bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock/eu.amazon.nova-lite-v1:0"),
        "google": ("google/gemini-2.5-flash@us-central1", "google/gemini-2.5-pro@us-central1"),
    }  # fmt: skip
    rows, parts = list[str](), list[str]()
    for cloud, of in KNOWN.items():
        seller, region = {"google": "gcp"}.get(cloud, cloud), regions[cloud]
        for nth in (1, 2):
            products = {service: f"{seller}/{service}/x@{region}" for service in of.SERVICES}
            products |= {"machine": f"{seller}/{sizes[cloud]}@{region}"}
            products |= {"llm": models[cloud][nth - 1]} if cloud in models else {}
            for name, product in products.items():
                part = f"{cloud}_{name.replace('-', '_')}_{nth}"
                kind = {"machine": "host", "llm": "llm"}.get(name, "service")
                rows.append(
                    f"  {part}: {{kind: {kind}, product: '{product}', price: 1 EUR/month, replicas: {nth}}}"
                )
                parts.append(part)
            rows.append(f"  {cloud}_app_{nth}: {{kind: service, runs_on: {cloud}_machine_{nth}}}")
            rows.append(f"  {cloud}_old_{nth}: {{kind: database, existing: true}}")
    links = "".join(
        f"  {cloud}_{nth}: {{from: {cloud}_app_{nth}, to: {cloud}_old_{nth}}}\n"
        for cloud in KNOWN
        for nth in (1, 2)
    )
    return (
        "groma: 1\nsystem: Everything\ncurrency: EUR\ncomponents:\n"
        + "\n".join(rows)
        + f"\nconnections:\n{links}"
    )


def within_modules() -> str:
    """A model whose machines call models of their own module, with a cluster that calls elsewhere."""
    return """
groma: 1
system: Neighbours
currency: EUR
components:
  crew: {kind: host, product: aws/m7g.large@us-east-1, price: 1 EUR/month}
  clerk: {kind: service, runs_on: crew}
  writer: {kind: llm, product: bedrock/amazon.nova-lite-v1:0@us-east-1, offers: {generate: {work: 1 s}}}
  fleet: {kind: host, product: aws/eks/cluster@us-east-1, price: 1 EUR/month}
  pilot: {kind: service, runs_on: fleet}
  books: {kind: database, product: aws/rds-aurora/x@us-east-1, price: 1 EUR/month, replicas: 3}
  shelf: {kind: cache, title: The shelf, product: aws/elasticache/x@us-east-1, price: 1 EUR/month, replicas: 2}
  runner: {kind: host, product: gcp/e2-standard-4@us-central1, price: 1 EUR/month, replicas: 2}
  job: {kind: service, runs_on: runner}
  reader: {kind: llm, product: google/gemini-2.5-flash@us-central1, offers: {generate: {work: 1 s}}}
  ledger: {kind: database, existing: true}
connections:
  one: {from: clerk, to: writer}
  two: {from: pilot, to: ledger}
  four: {from: pilot, to: writer}
  three: {from: job, to: reader}
"""
