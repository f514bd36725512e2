"""The index of claims: a chart of the months, a card a claim, and why the numbers differ.

Made from what each claim's report recorded (``claim_records.card``), so that the index cannot
disagree with the pages.
"""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ..language import _
from ..wording import formats
from ..wording import front_page as words
from ..wording.claims import between, rounded_deaths
from .svg import Drawing, pair, round_ticks, verdict_tag, width_of

LOOK = Path(__file__).parent / "look.css"
MOST_CARDS = 5
_ORDER = ("only_if", "too_high", "too_low", "depends", "right_for", "right", "cannot_tell")

Card = Mapping[str, Any]


def front(cards: Sequence[Card]) -> dict[str, Any]:
    """What the index shows of the claims: ``title, lead, cards, others, why, cause, heading``.

    ``cards`` have the claim's ``page`` besides. Claims with a strip come as cards, those whose
    verdict asks most of a reader first; the rest are listed.
    """
    if not cards:
        return {}
    pictured = sorted(
        (card for card in cards if card["strip"]), key=lambda card: _ORDER.index(card["kind"])
    )
    main = pictured[:MOST_CARDS]
    chosen = {card["id"] for card in main}
    whole = next((card for card in [*main, *cards] if card["months"]), None)
    place, label = (whole["place"], whole["label"]) if whole else ("", "")
    others = [_other(card) for card in cards if card["id"] not in chosen]
    return {
        "title": words.title(place, label, len(cards)),
        "lead": _lead(whole, main) if whole else "",
        "cards": [_card(card) for card in main],
        "others": others,
        "told": words.counted([card["kind"] for card in cards if card["id"] not in chosen]),
        "why": _why(cards),
        "heading": _("Was it the truce?") if label == "Truce" else _("What was the cause?"),
        "cause": _cause(whole) if whole else "",
    }


def _card(card: Card) -> dict[str, str]:
    return {
        "question": card["question"],
        "page": card["page"] or "",
        "who": f"{card['token']} \u00b7 {card['said_by']}",
        "tag": verdict_tag(card["kind"], card["verdict"]),
        "sentence": card["sentence"],
        "strip": card["strip"],
    }


def _other(card: Card) -> dict[str, str]:
    return {"question": card["question"], "page": card["page"] or "", "verdict": card["verdict"]}


def _cause(card: Card) -> str:
    text = escape(_("No count shows what would have happened without it."))
    return f"{text} {card['study']}" if card["study"] else text


# --- the chart of the months ----------------------------------------------------------------------


def _lead(card: Card, main: Sequence[Card]) -> str:
    months = [(day, deaths, split) for day, deaths, split in card["months"] if deaths is not None]
    if len(months) < 12:
        return ""
    printed = next(
        (
            each
            for each in main
            if each["date"] and each["accepted"] and each["date"] >= card["event"][:7]
        ),
        None,
    )
    title = words.lead([(day, deaths) for day, deaths, _split in months], card["event"])
    peak = max(months, key=lambda month: month[1])
    alt = _(
        "Columns of killings a month from {first} to {last}; most in {peak}, {number}.",
        first=formats.long_month(pd.Timestamp(months[0][0])),
        last=formats.long_month(pd.Timestamp(months[-1][0])),
        peak=formats.long_month(pd.Timestamp(peak[0])),
        number=formats.number(peak[1]),
    )
    drawn = pair(
        _columns(card, months, printed, 832, 320, "wide", alt),
        _columns(card, months, printed, 358, 262, "narrow", alt),
    )
    note = escape(_("Pale: split from longer totals."))
    note = (
        f'<figcaption class="note">{note}</figcaption>'
        if any(split for *_x, split in months)
        else ""
    )
    return (
        f'<figure class="drawn"><p class="finding">{escape(title)}</p>'
        f'<p class="unit">{escape(_("Killings a month"))}</p>{drawn}{note}</figure>'
    )


def _columns(
    card: Card,
    months: Sequence[Any],
    printed: Card | None,
    width: float,
    height: float,
    look: str,
    alt: str,
) -> str:
    narrow = look == "narrow"
    left, right, top, bottom = (34.0, 6.0, 50.0, 26.0) if narrow else (40.0, 8.0, 40.0, 28.0)
    ticks = round_ticks(0, max(deaths for _day, deaths, _split in months), 4)
    first = pd.Timestamp(months[0][0])
    last = pd.Timestamp(months[-1][0]) + pd.offsets.MonthEnd(0) + pd.Timedelta(days=1)
    drawing = Drawing(width, height)

    def x(day: pd.Timestamp) -> float:
        return left + (width - left - right) * ((day - first) / (last - first))

    def y(value: float) -> float:
        return height - bottom - (height - top - bottom) * value / ticks[-1]

    for tick in ticks[1:]:
        drawing.line(left, y(tick), width - right, y(tick))
        drawing.text(left - 6, y(tick) + 5, formats.number(tick), "", "end")
    gap = 1 if narrow else 2
    for day, deaths, split in months:
        start = pd.Timestamp(day)
        wide = x(start + pd.offsets.MonthEnd(0) + pd.Timedelta(days=1)) - x(start)
        drawing.rect(
            x(start) + gap / 2,
            y(deaths),
            wide - gap,
            y(0) - y(deaths),
            "fill-pale" if split else "fill-bar",
        )
    event = pd.Timestamp(card["event"])
    year = [deaths for day, deaths, _split in months if day[:4] == str(event.year - 1)]
    if len(year) == 12:
        mean = sum(year) / 12
        drawing.line(left, y(mean), width - right, y(mean), "mean")
        text = (
            _("{year}: {number}", year=event.year - 1, number=formats.number(mean))
            if narrow
            else _("average of {year}: {number}", year=event.year - 1, number=formats.number(mean))
        )
        drawing.text(x(event) + (6 if narrow else 10), y(mean) - 8, text, "k halo")
    drawing.line(left, y(0), width - right, y(0), "axis")
    for number in range(first.year, last.year + (last.month > 1)):
        middle = (x(pd.Timestamp(number, 1, 1)) + x(min(pd.Timestamp(number + 1, 1, 1), last))) / 2
        drawing.text(middle, height - 7, str(number), "", "middle")
    marks = [
        (
            event,
            card["label"] and _("{event} begins", event=_label(card)) or _("From here"),
            formats.day(event),
            "event",
            "kb halo",
        )
    ]
    if printed is not None:
        day = pd.Timestamp(printed["date"] if len(printed["date"]) > 7 else f"{printed['date']}-15")
        if event < day < last:
            when = formats.day(day) if len(printed["date"]) > 7 else formats.short_month(day)
            marks.append(
                (day, _("{token} printed", token=printed["number"]), when, "stated", "q halo")
            )
    for number, (day, one, two, line, letters) in enumerate(marks):
        drawing.line(x(day), 6, x(day), y(0), line)
        room = (x(marks[number + 1][0]) if number + 1 < len(marks) else width) - x(day)
        for row, (text, look_of) in enumerate(((one, letters), (two, "k halo"))):
            wide = width_of(text, bold=row == 0) + 10
            fits = room >= wide
            drawing.text(
                x(day) + (6 if fits else -6),
                17 + 17 * row,
                text,
                look_of,
                "start" if fits else "end",
            )
    peak_day, peak, _split = max(months, key=lambda month: month[1])
    drawing.text(x(pd.Timestamp(peak_day)) - 5, y(peak) + 12, formats.number(peak), "k halo", "end")
    return drawing.svg(alt, look)


def _label(card: Card) -> str:
    from ..language import translated

    return translated(card["label"])


# --- why the numbers differ -----------------------------------------------------------------------


def _why(cards: Sequence[Card]) -> str:
    """Baselines down, ends across; in each cell the fall and the deaths fewer."""
    grids = [card for card in cards if card["grid"] and card["end"] and card["event"]]
    grids.sort(key=lambda card: (card["measure"] != "averted_deaths", card["end_rule"] != "since"))
    if not grids:
        return ""
    own = grids[0]
    ends = _ends(own, cards)
    if not ends or len(own["grid"]) < 2:
        return ""
    head = "".join(
        f'<th scope="col">{escape(formats.long_month(pd.Timestamp(end)))}</th>' for end in ends
    )
    rows = []
    for number, line in enumerate(own["grid"]):
        cells = "".join(_cell(line["ends"].get(end), end, own, cards) for end in ends)
        rate = escape(_("{rate} a day", rate=line["rate"]) if not number else line["rate"])
        rows.append(
            f'<tr><th scope="row">{escape(line["name"])}<small>{rate}</small></th>{cells}</tr>'
        )
    caption = escape(
        _(
            "The fall since {month}, and deaths fewer.",
            month=formats.long_month(pd.Timestamp(own["event"])),
        )
    )
    shaded = f"<mark>{escape(_('Shaded'))}</mark>{escape(_(': gives a printed figure.'))}"
    return (
        f'<div class="why"><table><caption>{caption} {shaded}</caption><thead><tr>'
        f'<th scope="col">{escape(_("Against"))}</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _ends(own: Card, cards: Sequence[Card]) -> list[str]:
    """Six months from the event, the last end for which a printed figure held, and the own end."""
    known = sorted({end for line in own["grid"] for end in line["ends"] if end <= own["end"]})
    if not known:
        return []
    event = pd.Timestamp(own["event"])
    sixth = event + pd.DateOffset(months=5) + pd.offsets.MonthEnd(0)
    untils = [pd.Timestamp(card["until"]) for card in cards if card["until"]]
    middle = max(untils) if untils else event + (pd.Timestamp(own["end"]) - event) / 2
    wanted = [sixth, middle, pd.Timestamp(own["end"])]
    days = [min(known, key=lambda end: abs(pd.Timestamp(end) - each)) for each in wanted]
    return sorted(dict.fromkeys(days))


def _cell(numbers: Sequence[float] | None, end: str, own: Card, cards: Sequence[Card]) -> str:
    if not numbers:
        return f"<td>{formats.NONE}</td>"
    low, high, fewest, most = numbers
    fall = between(low, high, unit=f"{formats.NBSP}%", dash=True)
    fewer = between(rounded_deaths(fewest), rounded_deaths(most), dash=True)
    early = pd.Timestamp(end) <= pd.Timestamp(own["event"]) + pd.DateOffset(
        months=6
    ) + pd.offsets.MonthEnd(0)
    marked = {"percent_decline": False, "averted_deaths": False}
    for card in cards:
        if (
            card["accepted"]
            and card["measure"] in marked
            and (card["end_rule"] != "immediate" or early)
        ):
            first, last = card["accepted"]
            value = (low, high) if card["measure"] == "percent_decline" else (fewest, most)
            marked[card["measure"]] |= value[0] <= last and value[1] >= first
    fall = f"<mark>{escape(fall)}</mark>" if marked["percent_decline"] else escape(fall)
    fewer = f"<mark>{escape(fewer)}</mark>" if marked["averted_deaths"] else escape(fewer)
    return f"<td><b>{fall}</b><small>{fewer}</small></td>"
