"""An engine for papermill, registered by entry point: kernels forked from a preloaded process.

Whatever imports papermill imports this module, which therefore imports nothing until it is used.
"""

from typing import Any


class _Engine:
    """In the place of the engine's class."""

    def __getattr__(self, name: str) -> Any:
        from .forked_client import ForkedEngine

        return getattr(ForkedEngine, name)


engine = _Engine()
