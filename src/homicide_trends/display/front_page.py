"""The index of claims: a chart of the months, a card a claim, and why the numbers differ.

Made from what each claim's report recorded (``card``), so that the index cannot disagree with the
pages.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ..claims.result import EVE, ClaimResult, ReadingResult
from ..language import _, translated
from ..tables.load import Folder
from ..wording import claims, formats
from ..wording import front_page as words
from ..wording.claims import between, rounded_deaths
from . import claim_facts
from .claim_charts import compared, strip
from .svg import DESK, PHONE, Drawing, Frame, both, round_ticks, verdict_tag, width_of

LOOK = Path(__file__).parent / "look.css"
MOST_CARDS = 5
_ORDER = ("only_if", "too_high", "too_low", "depends", "right_for", "right", "cannot_tell")

Card = Mapping[str, Any]


def six_digits(value: float) -> float | None:
    """A number with six digits; None where there is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def iso(day: Any) -> str | None:
    """A day as YYYY-MM-DD; None where there is none."""
    return f"{day:%Y-%m-%d}" if isinstance(day, pd.Timestamp) else None


def card(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """What an index shows of a claim: words in the language in force, numbers, and its strip."""
    told = result.told
    changes = bool(told.reading.event) and told.reading.measure in (*claims.CHANGES, claims.AVERTED)
    whole = changes and told.reading.per == "deaths" and len(told.reading.places) == 1
    range_ = None if pd.isna(result.value) else told.accepted
    return {
        "id": result.claim,
        "figures": list(result.figures),
        "question": claims.question(result),
        "token": claims.token(result),
        "said_by": claims.said_by(result),
        "date": result.date,
        "number": claims.number(result),
        "kind": claims.kind(result),
        "verdict": claims.verdict(result),
        "sentence": claims.sentence(result, brief=True),
        "strip": strip(result),
        "measure": told.reading.measure,
        "end_rule": told.reading.end_rule,
        "end": iso(told.reading.end),
        "until": iso(told.verdict.until),
        "accepted": None if range_ is None else [range_.lower, range_.upper],
        "event": iso(claim_facts.first_day(told)) if whole else None,
        "label": claim_facts.event_label(told, data=data) if whole else "",
        "place": claims.place(told.reading.places[0], result.names) if whole else "",
        "study": claim_facts.attributed(result, data=data) if whole else "",
        "grid": _grid(told) if whole else [],
        "months": claim_facts.months(told, data=data) if whole else [],
    }


def _grid(told: ReadingResult) -> list[dict[str, Any]]:
    """For each baseline and end, the fall and the deaths fewer, over first days and sources."""
    found = []
    voting = set(told.cells.loc[told.cells["votes"].astype(bool), "source"])
    for level in compared(told):
        if level.axis != "baseline" or not (level.votes or level.key == "previous_year"):
            continue
        some = told.cells[told.cells["baseline"] == level.key]
        # Of the eve the sentence spans what others counted up to a few days before, too.
        some = some if level.key == EVE else some[some["source"].isin(voting)]
        expected = some["baseline_deaths"] / some["baseline_time"] * some["time"]
        some = some.assign(fewer=expected - some["deaths"])
        some["fall"] = 100 * some["fewer"] / expected
        ends = {
            iso(end): [six_digits(rows[name].agg(extreme)) for name in ("fall", "fewer")
                       for extreme in ("min", "max")]
            for end, rows in some.groupby("end")
        }  # fmt: skip
        rate = claims.rate(level, dash=True)
        found.append({"name": claims.baseline(level), "rate": rate, "ends": ends})
    return found


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
        "note": _("Pale band: what the printed words allow.") if main else "",
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
    drawn = both(lambda narrow: _columns(card, months, printed, narrow), alt)
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


def _columns(card: Card, months: Sequence[Any], printed: Card | None, narrow: bool) -> Drawing:
    drawing = Drawing(PHONE, 262) if narrow else Drawing(DESK, 320)
    first, event = pd.Timestamp(months[0][0]), pd.Timestamp(card["event"])
    last = _next_month(months[-1][0])
    ticks = round_ticks(0, max(deaths for _day, deaths, _split in months), 4)
    frame = Frame(
        drawing, width_of(formats.number(ticks[-1])) + 9, drawing.width - (6 if narrow else 8),
        50 if narrow else 40, drawing.height - (26 if narrow else 28), first, last, ticks,
    )  # fmt: skip
    frame.grid(lambda tick: formats.number(tick) if tick else "")
    gap = 1 if narrow else 2
    for day, deaths, split in months:
        left, right = frame.x(pd.Timestamp(day)), frame.x(_next_month(day))
        look = "fill-pale" if split else "fill-bar"
        tall = frame.foot - frame.y(deaths)
        drawing.rect(left + gap / 2, frame.y(deaths), right - left - gap, tall, look)
    year = [deaths for day, deaths, _split in months if day[:4] == str(event.year - 1)]
    if len(year) == 12:
        at, mean = frame.y(sum(year) / 12), formats.number(sum(year) / 12)
        drawing.line(frame.left, at, frame.right, at, "mean")
        said = _("{year}: {number}", year=event.year - 1, number=mean)
        if not narrow:
            said = _("average of {year}: {number}", year=event.year - 1, number=mean)
        drawing.text(frame.x(event) + (6 if narrow else 10), at - 8, said, "k halo")
    drawing.line(frame.left, frame.foot, frame.right, frame.foot, "axis")
    for number in range(first.year, last.year + (last.month > 1)):
        end = min(pd.Timestamp(number + 1, 1, 1), last)
        middle = (frame.x(pd.Timestamp(number, 1, 1)) + frame.x(end)) / 2
        drawing.text(middle, drawing.height - 7, str(number), "", "middle")
    begins = _("{event} begins", event=translated(card["label"])) if card["label"] else ""
    marks = [(event, begins or _("From here"), formats.day(event), "event", "kb halo")]
    if printed is not None:
        full = len(printed["date"]) > 7
        day = pd.Timestamp(printed["date"] if full else f"{printed['date']}-15")
        if event < day < last:
            said = _("{token} printed", token=printed["number"])
            when = formats.day(day) if full else formats.short_month(day)
            marks.append((day, said, when, "stated", "q halo"))
    for day, one, two, line, look in marks:
        at = frame.x(day)
        drawing.line(at, 6, at, frame.foot, line)
        places = [(at + side, 17 + lower, anchor) for lower in (0, 34)
                  for side, anchor in ((6, "start"), (-6, "end"))]  # fmt: skip
        x, y, anchor = next(
            (
                place
                for place in places
                if drawing.free(*place[:2], one, look, place[2])
                and drawing.free(place[0], place[1] + 17, two, "k", place[2])
            ),
            places[0],
        )
        drawing.text(x, y, one, look, anchor)
        drawing.text(x, y + 17, two, "k halo", anchor)
    peak = max(months, key=lambda month: month[1])
    drawing.text(frame.x(pd.Timestamp(peak[0])) - 5, frame.y(peak[1]) + 12,
                 formats.number(peak[1]), "k halo", "end")  # fmt: skip
    return drawing


def _next_month(day: str) -> pd.Timestamp:
    return pd.Timestamp(day) + pd.offsets.MonthBegin(1)


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
