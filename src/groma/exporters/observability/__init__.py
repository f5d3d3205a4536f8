"""How a design is watched, as files: Prometheus rules with their tests, Grafana dashboards, OpenSLO, an
OpenTelemetry collector.

All are made of one `Plan` (`groma.analyses.observability`), so a rule, a panel and a sentence of the
document can't differ.
"""
