"""What the index says: its title, the finding of its chart, and where the numbers part."""

from collections.abc import Sequence

from ..language import _, ngettext, pgettext
from . import formats
from .claims import in_words


def title(place: str, label: str, number: int) -> str:
    """The title of an index of claims.

    >>> title("Honduras", "", 12)
    'Honduras: twelve claims, checked'
    """
    if label == "Truce":
        return ngettext(
            "{name}\u2019s gang truce: a claim, checked",
            "{name}\u2019s gang truce: {count} claims, checked",
            number,
            name=place,
            count=in_words(number),
        )
    if place:
        return ngettext(
            "{name}: a claim, checked",
            "{name}: {count} claims, checked",
            number,
            name=place,
            count=in_words(number),
        )
    return ngettext("A claim, checked", "{count} claims, checked", number, count=in_words(number))


def counted(kinds: Sequence[str]) -> str:
    """How many of some claims have which kind of verdict.

    >>> counted(["right", "right", "cannot_tell", "right_for"])
    '4: 2 right, 1 right in part, 1 cannot be told'
    """
    groups = (
        (pgettext("several", "right"), ("right",)),
        (_("right in part"), ("right_for", "only_if")),
        (_("too high or too low"), ("too_high", "too_low")),
        (_("depends"), ("depends",)),
        (pgettext("several", "cannot be told"), ("cannot_tell",)),
    )
    found = [(sum(kind in codes for kind in kinds), name) for name, codes in groups]
    return f"{len(kinds)}: " + ", ".join(f"{number} {name}" for number, name in found if number)


def lead(months: Sequence[tuple[str, float]], event: str) -> str:
    """The finding of a chart of months: what happened at the event, and where it ended.

    Compares the twelve months before the event's month with the three after it, and with the
    last twelve.

    >>> months = [(f"2012-{month:02d}-01", 300 if month < 6 else 100) for month in range(1, 13)]
    >>> lead(months, "2012-06-09")
    'Killings more than halved in the three months after June 2012 and stayed lower'
    """
    at = event[:7]
    before = [deaths for day, deaths in months if day[:7] < at][-12:]
    after = [deaths for day, deaths in months if day[:7] > at]
    if len(before) < 3 or len(after) < 3:
        return _("Killings a month")
    old = sum(before) / len(before)
    first, last = sum(after[:3]) / 3, sum(after[-12:]) / len(after[-12:])
    began = formats.long_month(f"{at}-01")
    year = months[-1][0][:4]
    change = first / old - 1 if old else 0.0
    if change < -0.5:
        if last > 1.2 * old:
            return _(
                "Killings more than halved in the three months after {month}; in {year} they far "
                "exceeded the old level",
                month=began,
                year=year,
            )
        if last < 0.8 * old:
            return _("Killings more than halved in the three months after {month} and stayed lower",
                     month=began)  # fmt: skip
        return _(
            "Killings more than halved in the three months after {month}; in {year} they were back "
            "at the old level",
            month=began,
            year=year,
        )
    given = formats.percent(abs(100 * change), 0)
    if change < -0.05:
        return _("Killings fell by {percent} in the three months after {month}", percent=given,
                 month=began)  # fmt: skip
    if change > 0.05:
        return _("Killings rose by {percent} in the three months after {month}", percent=given,
                 month=began)  # fmt: skip
    return _("Killings hardly changed in the three months after {month}", month=began)
