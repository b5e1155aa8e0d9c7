"""Read dbt's YAML, and write values as YAML on one line."""

from typing import Any

import yaml


def read_yaml(text: str) -> Any:
    """Read a text as YAML."""
    return yaml.load(text, yaml.CSafeLoader)


def as_yaml(value: Any) -> str:
    """Write a value on one line, quoted where YAML would take it for another."""
    text: str = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=True, sort_keys=False, width=1 << 20
    )
    return text.removesuffix("\n").removesuffix("\n...")
