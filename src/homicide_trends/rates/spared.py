"""Who was spared between two periods, by sex, age and weapon, and what share each part carries.

Parts are compared by deaths a year, because populations by sex and age are not on file. Limits of a
change are those of two Poisson counts: what moves the whole country from year to year moves every
part and is in none of them. Whether a part changed otherwise than the rest is told apart from that:
the ratio of the two ratios, in which the common movement cancels.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ..arguments import Window, days_of
from ..language import _
from ..series.counts import QUALITY
from ..tables.load import DataError, Folder, load_agencies, load_counts, load_sources
from .intervals import ratio_limits

FEWEST = 20
"""Deaths of a baseline below which no change is given: their relative standard error is over 22 %,
as the US National Center for Health Statistics marks rates unreliable."""

KEYS = ["sex", "age", "mechanism"]
COLUMNS = ["place", "split", *KEYS, "rest", "baseline_start", "baseline_end", "start", "end",
           "baseline_deaths", "deaths", "percent_change", "percent_change_lower",
           "percent_change_upper", "percent_change_method", "percent_change_conf", "share",
           "against_others", "against_others_lower", "against_others_upper",
           "against_others_method", "against_others_conf", "agency", "sources"]  # fmt: skip

Key = tuple[str, str, str]
ALL: Key = ("", "", "")


def who_was_spared(
    place: str,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
    data: Folder | None = None,
) -> pd.DataFrame:
    """Deaths of two periods of whole years by sex, by weapon and by age, one row a part.

    ``split`` is ``all``, ``sex``, ``mechanism``, ``age`` or ``sex and age``; the parts of a split
    add up to ``all``, with a row ``rest`` for those of whom the part is not recorded. All counts
    are of the one agency that has the most parts in all of the years.

    Columns: ``place, split, sex, age, mechanism, rest``, the two periods, ``baseline_deaths,
    deaths, percent_change`` (of the deaths a year; missing below 20 deaths in the baseline),
    ``share`` (percent of the change of all deaths a year; missing where that change may be
    chance), ``against_others`` (percent by which the part changed more than all others together),
    both with limits, ``agency, sources``. No rows where no agency has parts in these years;
    DataError for an unknown place and for periods that are not whole calendar years.

    >>> found = who_was_spared("SLV", baseline=("2011", "2011"), window=("2012", "2012"))
    >>> shot = found[found["mechanism"].eq("firearm")].iloc[0]
    >>> int(shot["baseline_deaths"]), int(shot["deaths"]), float(round(shot["percent_change"], 1))
    (3046, 1605, -47.3)
    """
    before, after = (_years(span, what) for span, what in ((baseline, "baseline"),
                                                           (window, "window")))  # fmt: skip
    counted = _fullest(place, [*before, *after], data)
    if counted is None:
        return pd.DataFrame(columns=COLUMNS)
    agency, deaths, sources = counted
    sums = {key: (sum(years[y] for y in before), sum(years[y] for y in after))
            for key, years in deaths.items()}  # fmt: skip
    rows = [_row("all", ALL, False, sums[ALL])]
    for split, keys in _splits(sums).items():
        rows += [_row(split, key, False, sums[key]) for key in keys]
        rest = tuple(sums[ALL][at] - sum(sums[key][at] for key in keys) for at in (0, 1))
        if any(rest):
            rows.append(_row(split, ALL, True, (rest[0], rest[1])))
    found = pd.DataFrame(rows).assign(
        place=place, agency=agency, sources=";".join(sources),
        baseline_start=pd.Timestamp(before[0], 1, 1), baseline_end=pd.Timestamp(before[-1], 12, 31),
        start=pd.Timestamp(after[0], 1, 1), end=pd.Timestamp(after[-1], 12, 31),
    )  # fmt: skip
    return _changed(found, len(before), len(after), conf)[COLUMNS]


def spared_elsewhere(
    places: Sequence[str],
    *,
    baseline: Window,
    window: Window,
    sex: str = "",
    age: str = "",
    mechanism: str = "",
    conf: float = 0.95,
    data: Folder | None = None,
) -> pd.DataFrame:
    """The rows of ``who_was_spared`` about one part, for several places that have it.

    >>> found = spared_elsewhere(["SLV", "GTM", "HND"], baseline=("2011", "2011"),
    ...     window=("2012", "2012"), mechanism="firearm")
    >>> found["percent_change"].round().astype(int).tolist()
    [-47, -10, -1]
    """
    tables = [who_was_spared(each, baseline=baseline, window=window, conf=conf, data=data)
              for each in dict.fromkeys(places)]  # fmt: skip
    found = pd.concat([each for each in tables if len(each)] or tables[:1])
    wanted = (found["sex"].eq(sex) & found["age"].eq(age) & found["mechanism"].eq(mechanism)
              & ~found["rest"].astype(bool))  # fmt: skip
    return found[wanted].reset_index(drop=True)


def _years(span: Window, what: str) -> list[int]:
    """The calendar years of a period."""
    first, last = days_of(span, what)
    if (first.month, first.day, last.month, last.day) != (1, 1, 12, 31):
        raise DataError(
            _(
                "{what}: deaths by sex, age and weapon are on file by calendar year; give whole "
                "years, such as 2011-01-01 to 2011-12-31",
                what=what,
            )
        )
    return list(range(first.year, last.year + 1))


def _fullest(
    place: str, years: list[int], data: Folder | None
) -> tuple[str, dict[Key, dict[int, float]], list[str]] | None:
    """The agency that has the most parts in all of the years, its counts, and their sources."""
    counts = load_counts(place, sex=None, age=None, mechanism=None, data=data)
    start, end = counts["start"], counts["end"]
    whole = start.dt.is_year_start & end.dt.is_year_end & (start.dt.year == end.dt.year)
    quality = counts["source_id"].map(load_sources(data=data).set_index("source_id")["quality"])
    usable = counts[
        whole & start.dt.year.isin(years) & quality.ne("weak") & counts["status"].ne("doubtful")
    ]
    usable = usable.assign(year=usable["start"].dt.year, quality=usable["status"].map(QUALITY))
    usable = usable.sort_values("quality", kind="stable")
    usable = usable.drop_duplicates(["agency", *KEYS, "year"])
    known = load_agencies(data=data)
    ranks = known[known["place"] == place].groupby("agency")["preference"].min()
    best: tuple[tuple[int, float], str, dict[Key, dict[int, float]], list[str]] | None = None
    for agency, rows in usable.groupby("agency", sort=True):
        deaths = {
            (str(key[0]), str(key[1]), str(key[2])): dict(
                zip(part["year"], part["count"].astype(float), strict=True)
            )
            for key, part in rows.groupby(KEYS)
        }
        deaths = {key: each for key, each in deaths.items() if set(each) >= set(years)}
        if ALL not in deaths or len(deaths) < 2:
            continue
        score = (len(deaths), -float(ranks.get(str(agency), np.inf)))
        if best is None or score > best[0]:
            best = (score, str(agency), deaths, sorted(set(rows["source_id"])))
    return None if best is None else best[1:]


def _splits(sums: dict[Key, tuple[float, float]]) -> dict[str, list[Key]]:
    """The parts of each split that are on file; ages of both sexes are added up where need be."""
    sexes = [key for key in sums if key[0] and key[1:] == ("", "")]
    weapons = [key for key in sums if key[2] and key[:2] == ("", "")]
    both = [key for key in sums if key[0] and key[1] and not key[2]]
    for age in {key[1] for key in both} - {key[1] for key in sums if not key[0] and not key[2]}:
        parts = [sums[key] for key in both if key[1] == age]
        if len(parts) > 1:
            sums["", age, ""] = sum(p[0] for p in parts), sum(p[1] for p in parts)
    ages = [key for key in sums if key[1] and not key[0] and not key[2]]
    order = {"firearm": 0, "sharp object": 1, "other": 2, "unknown": 3}
    splits = {
        "sex": sorted(sexes),
        "mechanism": sorted(weapons, key=lambda key: (order.get(key[2], 2), key)),
        "age": sorted(ages, key=_by_age),
        "sex and age": sorted(both, key=_by_age),
    }
    return {name: keys for name, keys in splits.items() if keys}


def _by_age(key: Key) -> tuple[str, int, str]:
    digits = key[1].rstrip("+").partition("-")[0]
    return key[0], int(digits) if digits.isdigit() else 999, key[1]


def _row(split: str, key: Key, rest: bool, deaths: tuple[float, float]) -> dict[str, object]:
    return dict(zip(KEYS, key, strict=True)) | {
        "split": split, "rest": rest, "baseline_deaths": deaths[0], "deaths": deaths[1],
    }  # fmt: skip


def _changed(found: pd.DataFrame, before: int, after: int, conf: float) -> pd.DataFrame:
    """The changes of the parts, their shares of the whole change, and each against the others."""
    old, new = (found[name].to_numpy(float) for name in ("baseline_deaths", "deaths"))
    enough = old >= FEWEST
    limits = ratio_limits(
        np.maximum(new, 0), float(after), np.maximum(old, 0), float(before), conf=conf
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (new / after) / (old / before)
        others = ((new[0] - new) / after) / ((old[0] - old) / before)
        parts = np.stack([new, old, new[0] - new, old[0] - old])
        spread = ndtri(0.5 + conf / 2) * np.sqrt((1 / parts).sum(0))
        relative = np.where(enough & (parts > 0).all(0), ratio / others, np.nan)
    gone = new / after - old / before
    told = not limits.lower[0] <= 1 <= limits.upper[0]
    columns = {
        "percent_change": np.where(enough, 100 * (ratio - 1), np.nan),
        "percent_change_lower": np.where(enough, 100 * (limits.lower - 1), np.nan),
        "percent_change_upper": np.where(enough, 100 * (limits.upper - 1), np.nan),
        "share": 100 * gone / gone[0] if told else np.full(len(found), np.nan),
        "against_others": 100 * (relative - 1),
        "against_others_lower": 100 * (relative * np.exp(-spread) - 1),
        "against_others_upper": 100 * (relative * np.exp(spread) - 1),
    }
    few = "refused: " + _("fewer than {deaths} deaths in the baseline", deaths=f"{FEWEST:g}")
    return found.assign(
        **columns,
        percent_change_method=np.where(enough, "exact", few),
        against_others_method=np.where(np.isnan(relative), few, "log-normal"),
        percent_change_conf=conf,
        against_others_conf=conf,
    )
