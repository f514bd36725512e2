"""Sentences about the change at an intervention, made from results.

They say what each method gives and where the methods part. None says what caused a change.
"""

from .break_dates import breaks, several
from .comparisons import disagreement, modelled, synthetic
from .counts_alone import (
    BY_WHOM,
    agencies_alone,
    by_whom,
    of_counts,
    several_tests,
    unusual,
)
from .interventions import intervention
from .rate_trends import averages, trend
from .time_series import alarms, averted, fit, steps

__all__ = [
    "BY_WHOM",
    "agencies_alone",
    "alarms",
    "averages",
    "averted",
    "breaks",
    "by_whom",
    "disagreement",
    "fit",
    "intervention",
    "modelled",
    "of_counts",
    "several",
    "several_tests",
    "steps",
    "synthetic",
    "trend",
    "unusual",
]
