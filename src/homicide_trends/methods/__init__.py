"""What each method says about a dated intervention, in the tables of a report.

An interrupted time series under several assumptions, change points, joinpoint regression, other
countries, simulated series without an effect, published estimates, and all of them side by side.
Where the numbers do not carry a method its tables have no rows and ``reason`` says why. The
methods themselves are in ``effect``, ``changepoints``, ``joinpoint``, ``synthetic`` and
``false_alarms``. None of them shows what caused a change.
"""

from .chance_alarms import Alarms, alarms
from .estimates import (
    all_estimates,
    changes_beside,
    finest_series,
    modelled_beside,
    ratios_beside,
    years_on_file,
)
from .level_breaks import Breaks, breaks_of_level
from .other_countries import Elsewhere, elsewhere
from .rate_trend import RateTrend, trend_of_rates
from .step_models import StepModels, step_models

__all__ = [
    "Alarms",
    "Breaks",
    "Elsewhere",
    "RateTrend",
    "StepModels",
    "alarms",
    "all_estimates",
    "breaks_of_level",
    "changes_beside",
    "elsewhere",
    "finest_series",
    "modelled_beside",
    "ratios_beside",
    "step_models",
    "trend_of_rates",
    "years_on_file",
]
