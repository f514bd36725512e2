"""Sentences about the change at an intervention, made from results.

They say what each method gives and where the methods part. None says what caused a change.
"""

from .break_dates import breaks, several
from .comparisons import disagreement, modelled, synthetic
from .interventions import intervention
from .rate_trends import averages, trend
from .time_series import alarms, averted, fit, steps

__all__ = [
    "alarms",
    "averages",
    "averted",
    "breaks",
    "disagreement",
    "fit",
    "intervention",
    "modelled",
    "several",
    "steps",
    "synthetic",
    "trend",
]
