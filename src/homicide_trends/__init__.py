"""Find for which definitions a published figure about homicides is true.

Tables with their sources, rates, counterfactuals, plots and sentences for notebooks:

>>> import homicide_trends as ht
>>> months = ht.monthly_series("SLV", start="2011-01-01", end="2011-12-31")
>>> int(months["deaths"].sum())
4371

Nothing heavy is imported until it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_MODULES = (
    "changepoints",
    "check",
    "claims",
    "counterfactual",
    "data",
    "descriptions",
    "dispersion",
    "effect",
    "effect_descriptions",
    "effect_sentences",
    "explore",
    "false_alarms",
    "formats",
    "imports",
    "intervals",
    "joinpoint",
    "language",
    "methods",
    "plots",
    "population",
    "quotes",
    "rates",
    "reports",
    "sentences",
    "series",
    "shares",
    "site",
    "speccurve",
    "synthetic",
    "tables",
    "updates",
    "windows",
)
_FUNCTIONS = {
    "DataError": "data",
    "load_agencies": "data",
    "load_counts": "data",
    "load_estimates": "data",
    "load_events": "data",
    "load_figures": "data",
    "load_municipalities": "data",
    "load_other_counts": "data",
    "load_places": "data",
    "load_population": "data",
    "load_sources": "data",
    "place_name": "data",
    "with_names": "data",
    "with_sources": "data",
    "annual_series": "series",
    "count_variants": "series",
    "covering_series": "series",
    "monthly_series": "series",
    "regional_series": "series",
}

if TYPE_CHECKING:
    from .data import DataError as DataError
    from .data import load_agencies as load_agencies
    from .data import load_counts as load_counts
    from .data import load_estimates as load_estimates
    from .data import load_events as load_events
    from .data import load_figures as load_figures
    from .data import load_municipalities as load_municipalities
    from .data import load_other_counts as load_other_counts
    from .data import load_places as load_places
    from .data import load_population as load_population
    from .data import load_sources as load_sources
    from .data import place_name as place_name
    from .data import with_names as with_names
    from .data import with_sources as with_sources
    from .series import annual_series as annual_series
    from .series import count_variants as count_variants
    from .series import covering_series as covering_series
    from .series import monthly_series as monthly_series
    from .series import regional_series as regional_series

__all__ = ["__version__", *_FUNCTIONS, *_MODULES]


def __getattr__(name: str) -> Any:
    """Import a module, or the module of a function, when it is first asked for (PEP 562)."""
    if name in _FUNCTIONS:
        return getattr(import_module(f".{_FUNCTIONS[name]}", __name__), name)
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
