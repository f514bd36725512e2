"""An engine for papermill, registered by entry point: kernels forked from a preloaded process.

Whatever imports papermill imports this module, so that it imports nothing else by itself.
"""

from typing import Any

from papermill.engines import Engine, NBClientEngine


class ForkedEngine(Engine):
    """Runs notebooks in kernels that a batch forks; without a batch, in ordinary kernels."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells of a notebook."""
        from .reports import forked_client

        if not forked_client.executed(nb_man, **options):
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)
