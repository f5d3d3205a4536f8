"""Objects of Kubernetes as YAML: block style, keys in the order given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml


def document(value: Mapping[str, Any], comments: Sequence[str] = ()) -> str:
    """One document with comment lines before it."""
    about = "".join(f"# {' '.join(text.split())}\n" for text in comments)
    return about + yaml.dump(value, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=1000)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written as a reference to what stands elsewhere."""
        return True
