"""A claim as its page, a notebook and a person at a prompt see it.

``claim`` examines one of ``claims.csv``; its parts are shown by its methods, one a section, and a
part that does not apply shows nothing.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

import pandas as pd

from ..claims.result import EVE, GIVES, ClaimResult, Level
from ..language import _, ngettext
from ..tables.load import Folder, load_other_counts
from ..wording import claim_review, formats
from ..wording import claims as words
from ..wording.words import population
from . import claim_charts, claim_facts, front_page, spec_curve, tables
from .svg import verdict_tag
from .tables import MIME, Shown

LOOK = Path(__file__).parent / "look.css"
UNITS = {
    "percent_decline": "percent",
    "percent_increase": "percent",
    "averted_deaths": "deaths",
    "homicide_rate": "per 100,000",
}


def claim(claim_id: str, *, data: Folder | None = None) -> "Claim":
    """A claim examined: its verdict, its reading, and every comparison behind it.

    ``claim_id`` is that of ``claims.csv``, or of a figure that a claim uses. Raises DataError for
    an unknown one, with the nearest.

    >>> claim("rate-2011")
    <Claim rate-2011: Were 70.1 of every 100,000 people killed in 2011? Right.>
    """
    from ..claims import judge

    return Claim(judge.claim(claim_id, data=data), data)


@dataclass(frozen=True)
class Claim:
    """A claim and what is found of it; ``result`` holds the numbers without a word."""

    result: ClaimResult
    data: Folder | None = None

    def __repr__(self) -> str:
        return f"<Claim {self.result.claim}: {self.question} {self.verdict}.>"

    def _repr_html_(self) -> str:
        return f"<style>{LOOK.read_text('utf-8')}</style>{self._boxes()}"

    @property
    def question(self) -> str:
        """The question that the claim answers."""
        return words.question(self.result)

    @property
    def verdict(self) -> str:
        """The verdict, in at most nine words."""
        return words.verdict(self.result)

    @property
    def cells(self) -> pd.DataFrame:
        """Every comparison, a row each, which can be recomputed from its own dates."""
        return self.result.told.cells

    def summary(self) -> str:
        """The verdict and the sentence with numbers."""
        return f"{self.verdict}. {words.conclusion(self.result)}"

    def text(self) -> str:
        """The page as text, as a terminal prints it: its sections, each from its own function.

        >>> claim("eleven-towns").text().splitlines()[0]
        'Had eleven of the 262 municipalities been declared free of violence?'
        """
        sections = (
            ("", self.answer()),
            (_("What is it compared with?"), self.table()),
            (_("What would make it true?"), self.needed()),
            (_("What did others print?"), self.others_printed()),
            (_("What does this not say?"), self.not_said()),
            (_("How sure is it?"), self.how_sure()),
            (_("How was it worked out?"), _shown("", "\n".join(self._read()))),
        )
        parts = []
        for head, shown in sections:
            lines = str(shown.bundle["text/plain"]).splitlines()
            body = [each for line in lines for each in _wrapped(line)]
            if body:
                parts.append("\n".join([head, *body] if head else body))
        return "\n\n".join(parts)

    # --- sections of the page ---------------------------------------------------------------------

    def answer(self) -> Shown:
        """Claim and conclusion, and the chart that answers the question."""
        chart = claim_charts.course(self.result) or claim_charts.strip(self.result, 560)
        unit = claim_charts.unit(self.result.told)
        return _shown(
            self._boxes() + _figure(claim_charts.title(self.result), unit, chart),
            f"{self.question}\n{words.token(self.result)} \u2013 {words.said_by(self.result)}\n\n"
            f"{self.verdict}\n{words.conclusion(self.result)}",
            main=self.summary(),
            heading=self.question,
            findings=_findings(self.result),
            claim=front_page.card(self.result, data=self.data),
            review=claim_review.claim_review(self.result, data=self.data),
        )

    def _boxes(self) -> str:
        result = self.result
        return (
            '<div class="boxes"><section class="box">'
            f'<p class="label">{escape(_("Claim"))}</p>'
            f'<p class="asked">{escape(words.token(result))}</p>'
            f'<p class="who">{escape(words.said_by(result))}</p></section>'
            f'<section class="box end"><p class="label">{escape(_("Conclusion"))}</p>'
            f"{verdict_tag(words.kind(result), self.verdict)}"
            f"<p>{escape(words.conclusion(result))}</p></section></div>"
        )

    def table(self) -> Shown:
        """Every baseline by the ends that matter, with one kind of interval."""
        told = self.result.told
        rows = [level for level in claim_charts.compared(told) if level.axis == "baseline"]
        ends = self._ends()
        if not rows or not ends or told.reading.measure not in (*words.CHANGES, words.AVERTED):
            return nothing()
        lines = {level.key: some.set_index("end") for level, some in claim_charts.courses(told)}
        what = (
            _("Killings fewer than at the earlier rate, from {start} to the end of the month.",
              start=formats.long_day(min(told.cells["start"])))
            if told.reading.measure == words.AVERTED
            else _("Percent fewer killings, from {start} to the end of the month.",
                   start=formats.long_day(min(told.cells["start"])))
        )  # fmt: skip
        head = "".join(f'<th scope="col">{escape(formats.long_month(end))}</th>' for end in ends)
        body, text = "", [what]
        for level in rows:
            known = lines.get(level.key)
            cells = [self._numbers(known, end) for end in ends]
            body += self._row(level, cells)
            said = [
                f"{formats.long_month(end)} {value}{f' ({limits})' if limits else ''}"
                for end, (value, limits, _gives) in zip(ends, cells, strict=True)
                if value != formats.NONE
            ]
            text.append(f"  {words.baseline(level)}: {'; '.join(said)}")
        markup = (
            f"<table><caption>{self._caption(what, lines, ends)}</caption><thead><tr>"
            f'<th scope="col">{escape(_("Compared with"))}</th>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )
        return _shown(f'<div class="why">{markup}</div>', "\n".join(text))

    def _ends(self) -> list[pd.Timestamp]:
        """Three ends: six months, the last for which it held or half-way, and the claim's own."""
        told = self.result.told
        lines = claim_charts.courses(told)
        if not lines:
            return []
        known = sorted(set.union(*(set(some["end"]) for _level, some in lines)))
        start, own = claim_facts.first_day(told), known[-1]
        giving = [each.day for each in told.needed if each.day is not None and each.key == EVE]
        middle = giving[0] + pd.offsets.MonthEnd(0) if giving else start + (own - start) / 2
        wanted = [start + pd.DateOffset(months=5) + pd.offsets.MonthEnd(0),
                  told.verdict.until or middle, own]  # fmt: skip
        nearest = [min(known, key=lambda end: abs(end - each)) for each in wanted]
        return sorted(dict.fromkeys(nearest))

    def _caption(
        self, what: str, lines: dict[str, pd.DataFrame], ends: Sequence[pd.Timestamp]
    ) -> str:
        """What the cells hold: which of them has an interval, and what is shaded."""
        shown = pd.concat([some.reindex(ends) for some in lines.values()])
        below = ""
        if shown["lower"].notna().all():
            below = _("Below, its 95 % interval, which allows for spells of violence.")
        elif shown["lower"].notna().any():
            below = _("Below, for the whole period, its 95 % interval, which allows for spells of "
                      "violence.")  # fmt: skip
        shaded = f"<mark>{escape(_('Shaded'))}</mark>{escape(_(': gives the printed value.'))}"
        return " ".join([escape(what), escape(below), "" if pd.isna(self.result.value) else shaded])

    def _row(self, level: Level, cells: Sequence[tuple[str, str, bool]]) -> str:
        a_day = _("{rate} a day", rate=words.rate(level))
        rate = a_day if self.result.told.reading.per == "deaths" else ""
        markup = ""
        for value, limits, gives in cells:
            value = f"<mark>{escape(value)}</mark>" if gives else escape(value)
            markup += (
                f"<td><b>{value}</b>{f'<small>{escape(limits)}</small>' if limits else ''}</td>"
            )
        name = f"{escape(words.baseline(level))}<small>{escape(rate)}</small>"
        return f'<tr><th scope="row">{name}</th>{markup}</tr>'

    def _numbers(self, known: pd.DataFrame | None, end: pd.Timestamp) -> tuple[str, str, bool]:
        """The estimate of a comparison, its interval, and whether it gives the printed value."""
        if known is None or end not in known.index:
            return formats.NONE, "", False
        row, total = known.loc[end], self.result.told.reading.measure == words.AVERTED
        value = formats.number(row["estimate"]) if total else formats.percent(row["estimate"], 0)
        gives = row["state"] == GIVES and not pd.isna(self.result.value)
        if pd.isna(row["lower"]):
            return value, "", gives
        limits = [
            words.rounded_deaths(row[limit]) if total else row[limit]
            for limit in ("lower", "upper")
        ]
        return value, words.between(*limits, unit="" if total else f"{formats.NBSP}%",
                                    dash=True), gives  # fmt: skip

    def needed(self) -> Shown:
        """What would make the claim true; nothing where it is true, or no rate could."""
        text = words.needed(self.result)
        if not text:
            return nothing()
        chart = claim_charts.needed_scale(self.result)
        return _shown(f"<p>{escape(text)}</p>{_figure('', _('Killings a day'), chart)}", text)

    def others_printed(self) -> Shown:
        """What others printed of the same total, in order of time."""
        printed = claim_facts.others(self.result, data=self.data)
        chart = claim_charts.others_printed(self.result, printed)
        if not chart:
            return nothing()
        first, last = (formats.number(printed["high"].iloc[end]) for end in (0, -1))
        title = _("The number grew from {first} to {last}", first=first, last=last)
        unit = _("Deaths said to be prevented, by date of the text; band: what the counts give")
        return _shown(_figure(title, unit, chart), title)

    def not_said(self) -> Shown:
        """What the finding does not say: the cause, deaths that were hidden, who counted."""
        said = [*self._cause(), *self._hidden(), *self._counted()]
        if not said:
            return nothing()
        items = "".join(f"<li><b>{escape(head)}</b> {body}</li>" for head, body in said)
        lines = [f"{head} {unescape(re.sub('<[^>]*>', '', body))}" for head, body in said]
        return _shown(f'<ul class="plain">{items}</ul>', "\n".join(lines))

    def _cause(self) -> list[tuple[str, str]]:
        if not words.cause(self.result):
            return []
        study = claim_facts.attributed(self.result, data=self.data)
        bare = escape(_("A fall after an event is no proof that the event made it."))
        return [(_("It does not say what the cause was."), study or bare)]

    def _hidden(self) -> list[tuple[str, str]]:
        """Missing persons, as a conflict between reports, where some touch the period."""
        told = self.result.told
        places = told.reading.places
        if told.reading.measure not in (*words.CHANGES, words.AVERTED) or len(places) != 1:
            return []
        rows = load_other_counts(places[0], data=self.data)
        rows = rows[(rows["measure"] == "disappearances") & (rows["place"] == places[0])
                    & (rows["start"].dt.year == claim_facts.first_day(told).year)]  # fmt: skip
        if len(rows) < 2:
            return []
        reports = "; ".join(
            _(
                "{agency} {number} for {period}",
                agency=words.agency(row["agency"]),
                number=formats.number(row["count"]),
                period=formats.long_period(row["start"], row["end"]),
            )
            for row in rows.to_dict("records")
        )
        text = _("Reports of missing persons conflict: {reports}.", reports=reports)
        return [(_("It does not say that no deaths were hidden."), escape(text))]

    def _counted(self) -> list[tuple[str, str]]:
        """One count a month is told of several agencies; how far they differ."""
        told = self.result.told
        sources = set(told.cells.loc[told.cells["votes"].astype(bool), "source"])
        if told.sure is None or len(sources) < 2 or not claim_charts.course(self.result):
            return []
        text = _(
            "Counts of these periods differ by up to {percent}, those of a month at times by more.",
            percent=formats.percent(told.sure.spread, 1),
        )
        return [(_("It does not say that one office counted throughout."), escape(text))]

    def how_sure(self) -> Shown:
        """Four lines, each with its whole scale and the word that holds."""
        lines = words.how_sure(self.result)
        if not lines:
            return nothing()
        markup, text = "", []
        for name, scale, chosen, why in lines:
            marked = " \u00b7 ".join(
                f"<b>{escape(word)}</b>" if word == chosen else escape(word) for word in scale
            )
            markup += (
                f'<dt>{escape(name)}</dt><dd><span class="scale">{marked}</span> {escape(why)}</dd>'
            )
            text.append(f"{name} {chosen}. {why}")
        return _shown(f'<dl class="sure">{markup}</dl>', "\n".join(text))

    def worked_out(self) -> Shown:
        """Folded: every comparison as a curve and as a table, and the reading with its rule."""
        items = "".join(f"<li>{escape(each)}</li>" for each in self._read())
        reading = _fold(
            _("How the claim is read, and what would change the verdict"),
            f"<ul>{items}</ul>" if items else "",
        )
        return _shown(self._curve() + reading + self._rows(), _("How it was worked out"))

    def _curve(self) -> str:
        drawn = spec_curve.curve(self.result)
        number = len(spec_curve.comparisons(self.result.told))
        head = ngettext("{number} comparison, sorted", "All {number} comparisons, sorted", number)
        how = _(
            "A specification curve: each mark is a comparison, its colour and shape who counted; "
            "large marks are those of the claim's own period. Each row below marks the comparisons "
            "that make that choice; orange: those that give the printed value."
        )
        return _fold(
            head,
            f'<p>{escape(how)}</p><div class="scroll" tabindex="0" role="region" '
            f'aria-label="{escape(head)}">{drawn}</div>'
            if drawn
            else "",
        )

    def _read(self) -> list[str]:
        """How the claim is read, and what would change the verdict."""
        return [*words.reading(self.result), *words.close_call(self.result)]

    def _rows(self) -> str:
        """The comparisons that vote, a row each, with the numbers that give the estimate."""
        cells = spec_curve.comparisons(self.result.told)
        own = cells[cells["votes"].astype(bool)]
        if own.empty:
            return ""
        note = _(
            "Estimate: what follows from the four numbers before it. All comparisons: {command}.",
            command=f"homicide-trends claims {self.result.claim} --json",
        )
        own = own.drop(columns=["baseline", "lower", "upper"]).assign(
            agency=own["source"].map(words.agency),
            population_series=own["population"].map(population),
            estimate=own["estimate"].round(2),
        )
        columns = {"agency": "agency", "population_series": "population",
                   "baseline": "baseline_start", "baseline_deaths": "baseline_deaths",
                   "baseline_time": "baseline_time", "window": "start", "deaths": "deaths",
                   "time": "time", "estimate": "estimate"}  # fmt: skip
        known = [
            name
            for name, needs in columns.items()
            if (own[needs].notna() & own[needs].ne("")).any()
        ]
        shown = tables.show(own, known, caption=note)
        title = _("The claim's own comparisons, as a table")
        return _fold(title, str(shown.bundle["text/html"]))

    def provenance(self) -> Shown:
        """The tables that were read, and the sources of the claim and its counts."""
        source = pd.DataFrame({"source_id": [self.result.source_id]})
        shown = tables.provenance(source, data=self.data)
        return Shown({"text/plain": _("Sources"), MIME: shown.bundle[MIME]})


def nothing() -> Shown:
    """A part that does not apply: it shows nothing, and its section is left out."""
    return Shown({"text/plain": ""})


def _shown(markup: str, text: str, **more: Any) -> Shown:
    look = f"<style>{LOOK.read_text('utf-8')}</style>"
    return Shown({"text/html": look + markup, "text/plain": text, MIME: more})


def _wrapped(line: str) -> list[str]:
    """A line of the text as lines of a terminal; what is indented stays so."""
    inner = "    " if line.startswith(" ") else ""
    return textwrap.wrap(line, claim_review.WIDTH, subsequent_indent=inner) or [""]


def _figure(title: str, unit: str, chart: str) -> str:
    if not chart:
        return ""
    head = f'<p class="finding">{escape(title)}</p>' if title else ""
    what = f'<p class="unit">{escape(unit)}</p>' if unit else ""
    return f'<figure class="drawn">{head}{what}{chart}</figure>'


def _fold(head: str, markup: str) -> str:
    return f"<details><summary>{escape(head)}</summary>{markup}</details>" if markup else ""


def _findings(result: ClaimResult) -> list[dict[str, Any]]:
    """The numbers of the comparisons that vote, for the findings of all reports."""
    told = result.told
    if told.cells.empty:
        return []
    own = told.cells[told.cells["votes"].astype(bool)].drop_duplicates(
        ["source", "population", "baseline_start", "baseline_end", "start", "end", "estimate"]
    )
    measure = told.reading.measure
    kind = "prediction" if measure == words.AVERTED else "confidence"
    return [
        {
            "name": measure,
            "label": words.question(result),
            "estimate": front_page.six_digits(row["estimate"]),
            "lower": front_page.six_digits(row["lower"]),
            "upper": front_page.six_digits(row["upper"]),
            "unit": UNITS.get(measure, result.unit or None),
            "interval": None if pd.isna(row["lower"]) else kind,
            "method": row["method"] or None,
            "conf": None if pd.isna(row["lower"]) else 0.95,
            "place": ";".join(told.reading.places[:4]),
            "agency": row["source"] or None,
            "population_series": row["population"] or None,
            "baseline_start": front_page.iso(row["baseline_start"]),
            "baseline_end": front_page.iso(row["baseline_end"]),
            "window_start": front_page.iso(row["start"]),
            "window_end": front_page.iso(row["end"]),
            "figure_id": result.figures[0] if result.figures else None,
        }
        for row in own.to_dict("records")
    ]
