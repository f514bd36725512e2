"""A sentence about the intervention itself."""

import pandas as pd

from ..language import _, translated
from . import formats


def intervention(events: pd.DataFrame, date: str, name: str) -> str:
    """What is on file for the date of the intervention, or that nothing is.

    >>> intervention(pd.DataFrame({"start": [], "role": [], "event": []}), "2010-01-01", "Utopia")
    'No intervention in Utopia is on file for 1 Jan 2010 or the month of it: the date is the \
choice of this report.'
    """
    day = pd.Timestamp(date)
    marked = events[events["role"] == "intervention"]
    near = marked[pd.to_datetime(marked["start"]).dt.to_period("M") == day.to_period("M")]
    if near.empty:
        return _(
            "No intervention in {name} is on file for {day} or the month of it: the date is the "
            "choice of this report.",
            name=name,
            day=formats.day(day),
        )
    named = [
        f"{translated(row['event'])} ({formats.day(row['start'])})"
        for row in near.to_dict("records")
    ]
    return _("On file as the intervention: {events}.", events="; ".join(named))
