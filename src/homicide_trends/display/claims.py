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

from ..claims.result import EVE, GIVES, ClaimResult, Level, ReadingResult
from ..language import N_, _, ngettext, translated
from ..tables.load import Folder, load_other_counts
from ..wording import claim_review, formats
from ..wording import claims as words
from ..wording.words import listed
from . import claim_charts, claim_context, claim_records, spec_curve, tables
from .svg import verdict_tag
from .tables import MIME, Shown

LOOK = Path(__file__).parent / "look.css"


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
            (_("How was it worked out?"), self._shown("", "\n".join(self._read()))),
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
        chart = claim_charts.course(self.result)
        title = claim_charts.course_title(self.result) if chart else ""
        figure = _figure(title, self._unit(), chart)
        if not chart:
            strip = claim_charts.strip(self.result, 560)
            figure = _figure(self._strip_title(), "", strip)
        return self._shown(
            self._boxes() + figure,
            f"{self.question}\n{words.token(self.result)} \u2013 {words.said_by(self.result)}\n\n"
            f"{self.verdict}\n{words.conclusion(self.result)}",
            main=self.summary(),
            heading=self.question,
            findings=claim_records.findings(self.result),
            claim=claim_records.card(self.result, data=self.data),
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

    def _unit(self) -> str:
        measure = self.result.told.reading.measure
        if measure == words.AVERTED:
            return _("Killings fewer than at the earlier rate, by the last day of the period")
        return _("Percent fewer killings than at the earlier rate, by the last day of the period")

    def _strip_title(self) -> str:
        told = self.result.told
        giving = [
            level for level in claim_charts.compared(told) if level.state == GIVES and level.votes
        ]
        value = words.stated(self.result)
        if not giving or not value:
            return ""
        names = listed(words.level_name(level) for level in giving)
        if giving[0].axis == "population":
            return _("The counts give {value} with the population of {names}", value=value,
                     names=names)  # fmt: skip
        return _("The counts give {value} with {names}", value=value, names=names)

    def table(self) -> Shown:
        """Every baseline by the ends that matter, with one kind of interval."""
        told = self.result.told
        rows = [level for level in claim_charts.compared(told) if level.axis == "baseline"]
        ends = table_ends(told)
        if not rows or not ends or told.reading.measure not in (*words.CHANGES, words.AVERTED):
            return nothing()
        head = "".join(f'<th scope="col">{escape(formats.long_month(end))}</th>' for end in ends)
        body = "".join(self._row(told, level, ends) for level in rows)
        what = self._table_what(told)
        caption = self._table_caption(told, what)
        markup = (
            f"<table><caption>{caption}</caption><thead><tr>"
            f'<th scope="col">{escape(_("Compared with"))}</th>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )
        lines = [what, *(self._line(told, level, ends) for level in rows)]
        return self._shown(f'<div class="why">{markup}</div>', "\n".join(lines))

    def _line(self, told: ReadingResult, level: Level, ends: Sequence[pd.Timestamp]) -> str:
        """A row of the table as a line of text."""
        found = {known.key: some for known, some in claim_charts.courses(told)}
        some = found.get(level.key, told.cells.iloc[:0]).set_index("end")
        cells = []
        for end in ends:
            if end in some.index:
                value, limits = self._numbers(told, some.loc[[end]].iloc[0])
                value += f" ({limits})" if limits else ""
                cells.append(f"{formats.long_month(end)} {value}")
        return f"  {words.baseline(level)}: {'; '.join(cells)}"

    def _table_what(self, told: ReadingResult) -> str:
        start = formats.long_day(min(told.cells["start"]))
        if told.reading.measure == words.AVERTED:
            return _(
                "Killings fewer than at the earlier rate, from {start} to the end of the month.",
                start=start,
            )
        return _("Percent fewer killings, from {start} to the end of the month.", start=start)

    def _table_caption(self, told: ReadingResult, what: str) -> str:
        limits = told.cells[["lower", "upper"]].notna().all(axis=1).any()
        below = (
            " " + escape(_("Below, its 95 % interval, which lets in spells of violence."))
            if limits
            else ""
        )
        shaded = f"<mark>{escape(_('Shaded'))}</mark>{escape(_(': gives the printed value.'))}"
        if pd.isna(self.result.value):
            shaded = ""
        return f"{escape(what)}{below} {shaded}"

    def _row(self, told: ReadingResult, level: Level, ends: Sequence[pd.Timestamp]) -> str:
        lines = {known.key: some for known, some in claim_charts.courses(told)}
        some = lines.get(level.key)
        rate = _("{rate} a day", rate=words.rate(level)) if told.reading.per == "deaths" else ""
        cells = []
        for end in ends:
            found = some[some["end"] == end] if some is not None else told.cells.iloc[:0]
            cells.append(self._cell(told, found))
        return (
            f'<tr><th scope="row">{escape(words.baseline(level))}<small>{escape(rate)}</small></th>'
            f"{''.join(cells)}</tr>"
        )

    def _cell(self, told: ReadingResult, found: pd.DataFrame) -> str:
        if found.empty:
            return f"<td>{formats.NONE}</td>"
        row = found.iloc[0]
        value, limits = map(escape, self._numbers(told, row))
        if row["state"] == GIVES and not pd.isna(self.result.value):
            value = f"<mark>{value}</mark>"
        return f"<td><b>{value}</b>{f'<small>{limits}</small>' if limits else ''}</td>"

    def _numbers(self, told: ReadingResult, row: pd.Series) -> tuple[str, str]:
        """The estimate of a comparison and its interval, as the table has them."""
        total = told.reading.measure == words.AVERTED
        value = formats.number(row["estimate"]) if total else formats.percent(row["estimate"], 0)
        if pd.isna(row["lower"]):
            return value, ""
        ends = [words.rounded_deaths(row[end]) if total else row[end] for end in ("lower", "upper")]
        unit = "" if total else f"{formats.NBSP}%"
        return value, words.between(*ends, unit=unit, dash=True)

    def needed(self) -> Shown:
        """What would make the claim true; nothing where it is true, or no rate could."""
        text = words.needed(self.result)
        if not text:
            return nothing()
        chart = claim_charts.needed_scale(self.result)
        return self._shown(f"<p>{escape(text)}</p>{_figure('', _('Killings a day'), chart)}", text)

    def others_printed(self) -> Shown:
        """What others printed of the same total, in order of time."""
        printed = claim_context.others(self.result, data=self.data)
        chart = claim_charts.others_printed(self.result, printed)
        if not chart:
            return nothing()
        first, last = printed["high"].iloc[0], printed["high"].iloc[-1]
        title = _(
            "The number grew from {first} to {last}",
            first=formats.number(first),
            last=formats.number(last),
        )
        unit = _("Deaths said to be prevented, by date of the text")
        return self._shown(_figure(title, unit, chart), title)

    def not_said(self) -> Shown:
        """What the finding does not say: the cause, deaths that were hidden, who counted."""
        said = [*self._cause(), *self._hidden(), *self._counted()]
        if not said:
            return nothing()
        items = "".join(f"<li><b>{escape(head)}</b> {body}</li>" for head, body in said)
        lines = [f"{head} {unescape(re.sub('<[^>]*>', '', body))}" for head, body in said]
        return self._shown(f'<ul class="plain">{items}</ul>', "\n".join(lines))

    def _cause(self) -> list[tuple[str, str]]:
        if not words.cause(self.result):
            return []
        study = claim_context.attributed(self.result, data=self.data)
        head = _("That the event was the cause.")
        return [
            (head, study or escape(_("A fall after an event is no proof that the event made it.")))
        ]

    def _hidden(self) -> list[tuple[str, str]]:
        """Missing persons, as a conflict between reports, where some touch the period."""
        told = self.result.told
        if (
            told.reading.measure not in (*words.CHANGES, words.AVERTED)
            or len(told.reading.places) != 1
        ):
            return []
        rows = load_other_counts(told.reading.places[0], data=self.data)
        rows = rows[
            (rows["measure"] == "disappearances")
            & (rows["start"].dt.year == claim_context.first_day(told).year)
        ]
        rows = rows[rows["place"] == told.reading.places[0]]
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
        return [(_("That no deaths were hidden."), escape(text))]

    def _counted(self) -> list[tuple[str, str]]:
        """One count a month is told of several agencies; how far they differ."""
        told = self.result.told
        sources = set(told.cells.loc[told.cells["votes"].astype(bool), "source"])
        if told.sure is None or len(sources) < 2 or not claim_charts.course(self.result):
            return []
        text = _(
            "Where several counted the same days, they differ by up to {percent}.",
            percent=formats.percent(told.sure.spread, 1),
        )
        return [(_("That one office counted throughout."), escape(text))]

    def how_sure(self) -> Shown:
        """Four lines, each with its whole scale and the word that holds."""
        lines = words.how_sure(self.result)
        if not lines:
            return nothing()
        rows = []
        text = "\n".join(f"{name} {chosen}. {why}" for name, _scale, chosen, why in lines)
        for name, scale, chosen, why in lines:
            marked = " \u00b7 ".join(
                f"<b>{escape(word)}</b>" if word == chosen else escape(word) for word in scale
            )
            rows.append(
                f'<dt>{escape(name)}</dt><dd><span class="scale">{marked}</span> {escape(why)}</dd>'
            )
        return self._shown(f'<dl class="sure">{"".join(rows)}</dl>', text)

    def worked_out(self) -> Shown:
        """Folded: every comparison as a curve and as a table, and the reading with its rule."""
        folds = [self._fold_curve(), self._fold_reading(), self._fold_rows()]
        return self._shown("".join(folds), _("How it was worked out"))

    def _fold_curve(self) -> str:
        drawn = spec_curve.curve(self.result)
        if not drawn:
            return ""
        number = len(spec_curve.comparisons(self.result.told))
        head = ngettext("{number} comparison, sorted", "All {number} comparisons, sorted", number)
        how = _(
            "A specification curve: each row below it marks the comparisons that make that choice; "
            "orange: those that give the printed value. Large marks: the claim's own period. A "
            "shade of its own for each who counted."
        )
        return (
            f"<details><summary>{escape(head)}</summary><p>{escape(how)}</p>"
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(head)}">'
            f"{drawn}</div></details>"
        )

    def _fold_reading(self) -> str:
        said = self._read()
        if not said:
            return ""
        items = "".join(f"<li>{escape(each)}</li>" for each in said)
        head = _("How the claim is read, and what would change the verdict")
        return f"<details><summary>{escape(head)}</summary><ul>{items}</ul></details>"

    def _read(self) -> list[str]:
        """How the claim is read, and what would change the verdict."""
        return [*words.reading(self.result), *words.close_call(self.result)]

    def _fold_rows(self) -> str:
        told = self.result.told
        cells = spec_curve.comparisons(told)
        own = cells[cells["votes"].astype(bool)]
        if own.empty:
            return ""
        columns = [
            "source",
            "population",
            "baseline_start",
            "baseline_end",
            "start",
            "end",
            "baseline_deaths",
            "baseline_time",
            "deaths",
            "time",
            "estimate",
        ]
        columns = [name for name in columns if own[name].notna().any() and (own[name] != "").any()]
        head = "".join(
            f'<th scope="col">{escape(translated(COLUMNS[name]))}</th>' for name in columns
        )
        body = "".join(
            "<tr>"
            + "".join(_plain_cell(row[name], name, first=name == columns[0]) for name in columns)
            + "</tr>"
            for row in own.to_dict("records")
        )
        title = _("The claim's own comparisons, as a table")
        note = _(
            "Estimate: what follows from the four numbers before it. All comparisons: {command}.",
            command=f"<code>homicide-trends claims {escape(self.result.claim)} --json</code>",
        )
        return (
            f"<details><summary>{escape(title)}</summary><table><caption>{note}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
        )

    def provenance(self) -> Shown:
        """The tables that were read, and the sources of the claim and its counts."""
        result = self.result
        shown = tables.provenance(pd.DataFrame({"source_id": [result.source_id]}), data=self.data)
        return Shown({"text/plain": _("Sources"), MIME: shown.bundle[MIME]})

    def _shown(self, markup: str, text: str, **more: Any) -> Shown:
        return Shown(
            {
                "text/html": f"<style>{LOOK.read_text('utf-8')}</style>{markup}",
                "text/plain": text,
                MIME: more,
            }
        )


def _plain_cell(value: Any, name: str, *, first: bool) -> str:
    if isinstance(value, pd.Timestamp):
        text = f"{value:%Y-%m-%d}"
    elif isinstance(value, float):
        decimals = 0 if float(value).is_integer() else 1 if name != "estimate" else 2
        text = formats.number(value, decimals)
    else:
        text = words.agency(str(value)) if name == "source" else str(value)
    return f'<th scope="row">{escape(text)}</th>' if first else f"<td>{escape(text)}</td>"


COLUMNS = {
    "source": N_("Counted by"),
    "population": N_("Population"),
    "baseline_start": N_("Baseline from"),
    "baseline_end": N_("to"),
    "start": N_("Period from"),
    "end": N_("to"),
    "baseline_deaths": N_("Deaths, baseline"),
    "baseline_time": N_("Days or person-years, baseline"),
    "deaths": N_("Deaths"),
    "time": N_("Days or person-years"),
    "estimate": N_("Estimate"),
}


def _wrapped(line: str) -> list[str]:
    """A line of the text as lines of a terminal; what is indented stays so."""
    inner = "    " if line.startswith(" ") else ""
    return textwrap.wrap(line, claim_review.WIDTH, subsequent_indent=inner) or [""]


def nothing() -> Shown:
    """A part that does not apply: it shows nothing, and its section is left out."""
    return Shown({"text/plain": ""})


def _figure(title: str, unit: str, chart: str) -> str:
    if not chart:
        return ""
    head = f'<p class="finding">{escape(title)}</p>' if title else ""
    what = f'<p class="unit">{escape(unit)}</p>' if unit else ""
    return f'<figure class="drawn">{head}{what}{chart}</figure>'


def table_ends(told: ReadingResult) -> list[pd.Timestamp]:
    """Three ends for a table: six months, the last for which it held or half-way, and the own."""
    lines = claim_charts.courses(told)
    if not lines:
        return []
    known = sorted(set.union(*(set(some["end"]) for _level, some in lines)))
    own = known[-1]
    start = claim_context.first_day(told)
    sixth = (start + pd.DateOffset(months=5)) + pd.offsets.MonthEnd(0)
    until = told.verdict.until
    giving = [each.day for each in told.needed if each.day is not None and each.key == EVE]
    middle = until or (giving[0] + pd.offsets.MonthEnd(0) if giving else start + (own - start) / 2)
    wanted = [sixth, middle, own]
    nearest = [min(known, key=lambda end: abs(end - each)) for each in wanted]
    return sorted(dict.fromkeys(nearest))
