"""What the two regression methods of the grid give, for many definitions at once.

Both work on whole months; a month that the window cuts is left out of the fit.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..series.population import PersonTime
from .axes import Choice
from .regression import poisson_fits

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST_WINDOW_MONTHS = 3


class _Months(NamedTuple):
    """Months of one source with the exposure of one population."""

    start: pd.DatetimeIndex
    end: pd.DatetimeIndex
    deaths: Floats
    exposure: Floats
    time: Floats

    def inside(self, first: pd.Series, last: pd.Series) -> Flags:
        """(definitions, months): whether a month lies wholly between two dates."""
        starts, ends = self.start.to_numpy(), self.end.to_numpy()
        return np.asarray(
            (starts[None] >= first.to_numpy()[:, None]) & (ends[None] <= last.to_numpy()[:, None])
        )


def _months(rows: pd.DataFrame, axes: dict[str, list[Choice]]) -> _Months:
    source = next(c for c in axes["source"] if c.key == rows["source"].iloc[0]).value
    exposure = next(c for c in axes["exposure"] if c.key == rows["exposure"].iloc[0])
    series = source.series
    used = series[(series["start"] >= rows["baseline_start"].min())
                  & (series["start"] <= rows["end"].max())]  # fmt: skip
    time = exposed(exposure, used["start"], used["end"])
    middle = used["start"] + (used["end"] - used["start"]) / 2
    years = (middle - rows["start"].min()).dt.days.to_numpy() / 365.25
    return _Months(
        pd.DatetimeIndex(used["start"]), pd.DatetimeIndex(used["end"]),
        used["deaths"].to_numpy(dtype=float), time, years,
    )  # fmt: skip


def exposed(exposure: Choice, starts: pd.Series, ends: pd.Series) -> Floats:
    """Days, or person-years of a population by year."""
    if exposure.value is None:
        return ((ends - starts).dt.days + 1).to_numpy(dtype=float)
    return PersonTime.of_years(exposure.value).person_years(starts, ends)


def trend_expectations(
    rows: pd.DataFrame, axes: dict[str, list[Choice]]
) -> tuple[Floats, Floats, Floats]:
    """Expected deaths of each window on its baseline's trend.

    Returns expected deaths, the variance of that expectation (dispersion included) and the
    dispersion, one of each for every row.
    """
    expected, variance, dispersion = (np.full(len(rows), np.nan) for _ in range(3))
    numbered = rows.reset_index(drop=True)
    for _, part in numbered.groupby(["source", "exposure"], observed=True):
        months = _months(part, axes)
        regressors = np.stack([np.ones_like(months.time), months.time], axis=1)
        periods = part[["baseline_start", "baseline_end"]].drop_duplicates().reset_index(drop=True)
        used = months.inside(periods["baseline_start"], periods["baseline_end"])
        used &= np.isfinite(months.deaths) & np.isfinite(months.exposure)
        shape = used.shape
        fits = poisson_fits(
            np.broadcast_to(months.deaths, shape), np.broadcast_to(months.exposure, shape),
            np.broadcast_to(regressors, (*shape, 2)), used,
        )  # fmt: skip
        with np.errstate(over="ignore", invalid="ignore"):
            mean = months.exposure * np.exp(fits.coefficients @ regressors.T)
        for at, period in periods.iterrows():
            some = part[
                (part["baseline_start"] == period["baseline_start"])
                & (part["baseline_end"] == period["baseline_end"])
            ]
            fit = int(str(at))
            weight = _shares(months, some)
            gradient = (weight * mean[fit]) @ regressors
            expected[some.index] = gradient[:, 0]
            variance[some.index] = np.einsum(
                "dt,tu,du->d", gradient, fits.covariance[fit], gradient
            )
            dispersion[some.index] = fits.dispersion[fit]
    return expected, variance, dispersion


def _shares(months: _Months, rows: pd.DataFrame) -> Floats:
    """(definitions, months): share of each month's days that lies in each window."""
    day = np.timedelta64(1, "D")
    starts, ends = months.start.to_numpy()[None], months.end.to_numpy()[None] + day
    first, last = rows["start"].to_numpy()[:, None], rows["end"].to_numpy()[:, None] + day
    overlap = (np.minimum(ends, last) - np.maximum(starts, first)) / day
    return np.asarray(np.clip(overlap, 0, None) / ((ends - starts) / day))


def interrupted_effects(rows: pd.DataFrame, axes: dict[str, list[Choice]]) -> tuple[Floats, Floats]:
    """The step between baseline and window beside one common trend, on the log scale.

    Returns the step and its standard error (dispersion included), one for every row; missing
    where the window holds fewer than three whole months.
    """
    step, error = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    numbered = rows.reset_index(drop=True)
    for _, part in numbered.groupby(["source", "exposure"], observed=True):
        months = _months(part, axes)
        keys = ["baseline_start", "baseline_end", "start", "end"]
        unique = part[keys].drop_duplicates().reset_index(drop=True)
        window = months.inside(unique["start"], unique["end"])
        used = window | months.inside(unique["baseline_start"], unique["baseline_end"])
        used &= np.isfinite(months.deaths) & np.isfinite(months.exposure)
        shape = used.shape
        regressors = np.stack(
            [np.ones(shape), np.broadcast_to(months.time, shape), window.astype(float)], axis=-1
        )
        fits = poisson_fits(
            np.broadcast_to(months.deaths, shape), np.broadcast_to(months.exposure, shape),
            regressors, used,
        )  # fmt: skip
        enough = window.sum(1) >= LEAST_WINDOW_MONTHS
        unique["step"] = np.where(enough, fits.coefficients[:, 2], np.nan)
        unique["error"] = np.where(enough, np.sqrt(fits.covariance[:, 2, 2]), np.nan)
        found = part[keys].merge(unique, on=keys, how="left")
        step[part.index] = found["step"].to_numpy()
        error[part.index] = found["error"].to_numpy()
    return step, error
