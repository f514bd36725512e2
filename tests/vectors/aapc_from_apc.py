"""AAPC from printed APCs and lengths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homicide_trends.methods.joinpoints import aapc_from_apc


def run(inputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    return {"aapc": aapc_from_apc(inputs["apc"], inputs["length"])}
