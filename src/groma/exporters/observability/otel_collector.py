"""An OpenTelemetry collector (contrib 0.1xx, YAML): receives OTLP, strikes out contents, keeps the runs that matter."""

from __future__ import annotations

from typing import Any

from groma.analyses.observability import plan
from groma.analyses.observability.tracing import CONTENTS, PINNED, volume, withheld
from groma.exporters.export import Artefact, Export, Source
from groma.exporters.observability.prometheus import written

WAIT = 30.0


def make(source: Source) -> tuple[Artefact, ...]:
    """One configuration; nothing for a model that nothing runs in."""
    made = plan(source.context)
    if not made.metrics:
        return ()
    shares = {
        figure.name.split("/")[1]: 1.0 if figure.value is None else figure.value  # unknown: all are kept
        for figure in volume(source.context)
        if figure.name.endswith("/share")
    }
    slowest = [of.target for of in made.indicators if of.kind == "latency"]
    policies: list[dict[str, Any]] = [
        {"name": "failed", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
        {
            "name": "asked-a-person",
            "type": "string_attribute",
            "string_attribute": {"key": "groma.answer", "values": [".*"], "enabled_regex_matching": True},
        },
    ]
    if slowest:
        policies.append(
            {"name": "slow", "type": "latency", "latency": {"threshold_ms": round(min(slowest) * 1000)}}
        )
    for flow, share in sorted(shares.items()):
        policies.append(
            {
                "name": f"some-of-{flow}",
                "type": "and",
                "and": {
                    "and_sub_policy": [
                        {
                            "name": "flow",
                            "type": "string_attribute",
                            "string_attribute": {"key": "groma.flow", "values": [flow]},
                        },
                        {
                            "name": "share",
                            "type": "probabilistic",
                            "probabilistic": {"sampling_percentage": float(f"{share * 100:.6g}")},
                        },
                    ]
                },
            }
        )
    processors: dict[str, Any] = {
        "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20}
    }
    secret = withheld(source.model)
    names = [PINNED.name(name) for name in CONTENTS]
    if secret:
        processors["attributes/contents"] = {"actions": [{"key": name, "action": "delete"} for name in names]}
    processors["tail_sampling"] = {
        "decision_wait": f"{max(WAIT, *slowest):g}s" if slowest else f"{WAIT:g}s",
        "policies": policies,
    }
    processors["batch"] = {}
    config: dict[str, Any] = {
        "receivers": {
            "otlp": {
                "protocols": {"grpc": {"endpoint": "0.0.0.0:4317"}, "http": {"endpoint": "0.0.0.0:4318"}}
            }
        },
        "processors": processors,
        "exporters": {
            "otlphttp/traces": {"endpoint": "${env:TRACES_ENDPOINT}"},
            "prometheus": {"endpoint": "0.0.0.0:8889", "add_metric_suffixes": True},
        },
        "service": {
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": list(processors),
                    "exporters": ["otlphttp/traces"],
                },
                "metrics": {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter", "batch"],
                    "exporters": ["prometheus"],
                },
            }
        },
    }
    head = (
        f"Made by Groma of {source.model.system}, model {source.model.digest[:12]}; conventions for generative AI "
        f"{PINNED.version}. Change the model, not this file."
    )
    elements = (*(f"flows.{flow}" for flow in sorted(shares)), *secret)
    return (
        Artefact(
            "collector.yaml",
            written(config, head),
            (*elements, *(f"traces/{f}/share" for f in sorted(shares))),
        ),
    )


EXPORT = Export(
    "otel-collector",
    "OpenTelemetry collector",
    "a collector's configuration: contents struck out, failed, slow and handed-over runs kept, a share of the rest",
    make,
    practices=("ai",),
)
