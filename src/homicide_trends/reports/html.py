"""Reports and their index as HTML: one file each, no script, no request to anywhere.

nbconvert is not used: importing its exporters costs more than a report's own computations,
and of its template nothing would be left.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from .. import language
from ..language import _, translated
from . import findings
from .execution import plain
from .parameters import as_text
from .markup import FIRST_SECTION, Outline, figure, rebuild

_IMAGES = ("image/svg+xml", "image/png", "image/jpeg")


def report_page(notebook: Mapping[str, Any], record: Mapping[str, Any]) -> bytes:
    """An executed notebook as a page.

    ``record`` is what is known about the report: its ``title``, ``main`` finding (or None),
    ``parameters`` (name, value, default, help, changed), ``provenance`` and ``command``.
    """
    with language.speaking(record.get("lang", "en")):
        return _report_page(notebook, record)


def _report_page(notebook: Mapping[str, Any], record: Mapping[str, Any]) -> bytes:
    outline = Outline(anchors={"content", "provenance"})  # those of the template
    claim = bool(record.get("claim"))
    cells = _applying(notebook["cells"])
    if claim:  # its h1 is the question, and the conclusion comes first
        cells = [
            cell
            for cell in cells
            if cell["cell_type"] == "code" or not "".join(cell["source"]).startswith("# ")
        ]
    code: list[str] | None = [] if claim else None
    body = "\n".join(_blocks(cells, outline, record["report"], code))
    opening, _, sections = body.partition(FIRST_SECTION)
    # The answer stands above; the table of the first cell need not say it again.
    opening = opening.replace(f'<p class="finding">{escape(record.get("main") or "")}</p>', "", 1)
    return _render(
        "claim.html.j2" if claim else "report.html.j2",
        record=record,
        code=_highlighted("\n\n".join(code or ())),
        review=as_script(record.get("review")),
        heading=record.get("heading") or outline.title or record["title"],
        contents=[heading for heading in outline.headings if heading.level == 2],
        opening=opening,
        sections=sections.replace(FIRST_SECTION, ""),
    )


def index_page(
    records: Sequence[Mapping[str, Any]], sweep: Mapping[str, Any] | None = None
) -> bytes:
    """The page that links all reports with their main findings.

    ``sweep`` holds a sweep's ``title``, the ``names`` of its parameters, and its ``outputs``
    (``name``, ``report``, ``values``, ``failed``, and the record as ``entry`` or None);
    ``records`` are then the other reports.
    """
    swept = [each["entry"] for each in sweep["outputs"] if each["entry"]] if sweep else []
    every = [*swept, *records]
    with language.speaking(_language_of(every)):
        return _render(
            "index.html.j2",
            records=records,
            sweep=sweep,
            front=_front([each for each in every if each.get("claim")]),
        )


def checksums_page(records: Sequence[Mapping[str, Any]]) -> bytes:
    """The page that lists the tables that reports read, with their checksums."""
    with language.speaking(_language_of(records)):
        return _render("checksums.html.j2", tables=_tables(records))


def as_script(review: Mapping[str, Any] | None) -> str:
    """A description for other programs as JSON that no markup inside can end."""
    if not review:
        return ""
    text = json.dumps(review, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _language_of(records: Sequence[Mapping[str, Any]]) -> str:
    """The language of all reports; English where they differ."""
    spoken = {record.get("lang", "en") for record in records}
    return spoken.pop() if len(spoken) == 1 else "en"


def _tables(records: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """Tables that were read: file, SHA-256, and the reports that read it in this state."""
    readers: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for file, digest in record["provenance"]["tables"].items():
            readers.setdefault((file, digest), []).append(record["report"])
    return [(file, digest, names) for (file, digest), names in sorted(readers.items())]


def _front(records: Sequence[Mapping[str, Any]]) -> Any:
    """The claims of an index; where there are none, nothing of what draws them is loaded."""
    if not records:
        return None
    from ..display import front_page

    return front_page.front([each["claim"] | {"page": each["page"]} for each in records])


def _render(template: str, **values: Any) -> bytes:
    text = _templates().get_template(template).render(language=language.current(), **values)
    return text.encode("utf-8", errors="backslashreplace")


@lru_cache(maxsize=1)
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader([here / "templates", here.parent / "display"]),  # look.css
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shown"] = shown
    environment.globals |= {
        "_": _in_page,
        "ngettext": language.ngettext,
    }
    return environment


def _in_page(message: str, /, **values: object) -> str:
    """A message for a page, whose values may be markup."""
    text = translated(message)
    if not values:
        return text
    # By Jinja's escape the text is markup, and so is what is put into it.
    markup: str = _templates().filters["escape"](text)
    return markup.format(**values)


def shown(value: Any) -> str:
    """A parameter's value as people read it.

    >>> shown(["SLV", "HND"]), shown(None), shown(True)
    ('SLV, HND', '(none)', 'true')
    """
    if value is None or value == "" or value == []:
        return _("(none)")
    return as_text(value, between=", ", nothing=_("(none)"))


def _applying(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Cells without the sections of which every part shows nothing: they do not apply."""
    sections: list[list[Mapping[str, Any]]] = [[]]
    for cell in cells:
        if cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    kept = list(sections[0])
    for section in sections[1:]:
        outputs = [each for cell in section for each in cell.get("outputs", [])]
        empty = [each.get("data", {}).get("text/plain") == "" and len(each["data"]) == 1
                 for each in outputs]  # fmt: skip
        if not empty or not all(empty):
            kept += section
    return kept


def _blocks(
    cells: Sequence[Mapping[str, Any]], outline: Outline, report: str, kept: list[str] | None = None
) -> Iterator[str]:
    """The page's blocks: prose, results, and after them the code that made them, folded.

    With ``kept``, the code goes there, for one fold at the end of the page.
    """
    code: list[str] = [] if kept is None else kept
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if code and kept is None:
                yield _code(code, outline)
                code = []
            yield rebuild(_markdown(source), outline)
        elif cell["cell_type"] == "code" and source.strip():
            code.append(source.rstrip())
            results = [
                block for output in cell["outputs"] if (block := _output(output, outline, report))
            ]
            yield from results
            if results and kept is None:
                yield _code(code, outline)
                code = []
    if code and kept is None:
        yield _code(code, outline)


@lru_cache(maxsize=1)
def _markdown_reader() -> Any:
    import mistune

    # Addresses are judged when the fragment is rebuilt, which leaves the words of a bad link.
    renderer = mistune.HTMLRenderer(escape=True, allow_harmful_protocols=True)
    return mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])


def _markdown(source: str) -> str:
    """Prose as HTML; markup that it holds is shown, not obeyed."""
    return str(_markdown_reader()(source))


def _output(output: Mapping[str, Any], outline: Outline, report: str) -> str:
    """One output of a cell, in its richest form; empty when there is nothing to show."""
    if output["output_type"] == "stream":
        kind = "messages" if output["name"] == "stderr" else "output"
        return _preformatted("".join(output["text"]), kind)
    if output["output_type"] == "error":
        return _preformatted(f"{output['ename']}: {output['evalue']}", "messages")
    data = {kind: _joined(value) for kind, value in output["data"].items()}
    if "text/html" in data:
        return rebuild(data["text/html"], outline)
    if "text/markdown" in data:
        return rebuild(_markdown(data["text/markdown"]), outline)
    for kind in _IMAGES:
        if kind in data:
            metadata = output.get("metadata", {}).get(kind, {})
            bundle = data.get(findings.MIME)
            return figure(kind, data[kind], metadata.get("alt"), bundle, outline, report)
    if findings.MIME in data or "text/plain" not in data:
        return ""
    return _preformatted(data["text/plain"], "output")


def _joined(value: Any) -> Any:
    """Text that a notebook file may hold as a list of lines."""
    return "".join(value) if isinstance(value, list) else value


def _preformatted(text: str, kind: str) -> str:
    return f'<pre class="{kind}" tabindex="0">{escape(plain(text))}</pre>'


def _code(sources: Sequence[str], outline: Outline) -> str:
    """Code, folded away; its label says to listeners which one it is."""
    heading = escape(_("of: {heading}", heading=outline.nearest))
    about = f' <span class="unseen">{heading}</span>' if outline.nearest else ""
    code = _highlighted("\n\n".join(sources))
    return (
        f'<details class="code"><summary>{escape(_("Show the code"))}{about}</summary>'
        f'<pre tabindex="0"><code>{code}</code></pre></details>'
    )


@lru_cache(maxsize=1000)  # a report differs from the next of its sweep in few cells
def _highlighted(source: str) -> str:
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    return str(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))).rstrip("\n")
