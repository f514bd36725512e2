"""The pages of a site in one language, from what the tables and the reports say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from .. import language, reports
from ..display import front_page
from ..language import N_, _, ngettext, translated
from ..reports.html import as_script
from ..wording import claims as claim_words
from . import content as contents
from . import search
from .content import Content
from .reference import reference

NAMES = {"en": "English", "es": "Espa\N{LATIN SMALL LETTER N WITH TILDE}ol"}
# The script of the search fills the numbers in.
FOUND = N_("Found: {number}")
FOUND_MORE = N_("Found: {number}. These are the first {shown}; one more word finds fewer.")

SECTIONS = {
    "rate": N_("Rate, with the limits of a count"),
    "ratio": N_("Rate ratio and percent change"),
    "averted": N_("Expected and averted deaths, with a prediction interval"),
    "its": N_("Interrupted time series"),
    "joinpoint": N_("Joinpoint regression"),
    "synthetic": N_("Synthetic comparison"),
    "range": N_("The range that a printed figure stands for"),
    "words": N_("The words of the verdict"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a site: its file, title, name in the menu, what it holds, and its scripts."""

    file: str
    title: str
    short: str
    about: str = ""
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """What every page of a language says: title, what the site is about, and the menu.

    ``titled_in`` is the language of both where it is known to be another than that of the page.
    """

    title: str
    description: str
    titled_in: str
    menu: tuple[Page, ...]


def describe(content: Content, *, asks: bool) -> Site:
    """A site's title, description and menu in the language in force; ``asks``: with explorers."""
    title = contents.described_as(content, "title") or _("Homicide trends")
    menu = [
        Page("index.html", title, _("Claims")),
        Page("figures.html", _("Figures and dates"), _("Figures"),
             _("every figure and date that a text states, with the claims that use it")),
        Page("sources.html", _("Sources"), _("Sources"),
             _("the documents and data sets from which the tables come")),
        Page("methods.html", _("Methods and formulas"), _("Methods"),
             _("what each number is made of, and what the words of the verdict mean")),
        Page("dictionary.html", _("Tables and columns"), _("Tables"),
             _("what each column of the tables means")),
        Page("glossary.html", _("Glossary"), _("Glossary"),
             _("the words of these pages in both languages")),
        Page("library.html", _("The library, function by function"), _("Library"),
             _("what a notebook of your own can call")),
        Page("downloads.html", _("Downloads"), _("Downloads"),
             _("tables, findings and notebooks")),
        Page("search.html", _("Search"), _("Search"),
             _("words in figures, reports, sources, methods and tables"),
             ("search-index.js", "../assets/search.js")),
    ]  # fmt: skip
    if asks:
        menu.insert(1, Page("explorer/own.html", _("Is my figure true?"), _("Ask"),
                            _("any figure of your own, against any baseline")))  # fmt: skip
    if content.readme is not None:
        about = _("definitions, conflicts and gaps, in the words of those who made them")
        name = _("About the tables")
        menu.insert(-3, Page("about-tables.html", name, name, about))
    untranslated = content.shipped and language.current() != "en"
    known = title != content.described.get("title")
    return Site(
        title,
        contents.described_as(content, "description"),
        "en" if untranslated and not known else "",
        tuple(menu),
    )


def pages(
    site: Site,
    content: Content,
    records: Sequence[Mapping[str, Any]],
    written: Mapping[str, str],
    files: Mapping[str, Any],
    explorers: Sequence[Mapping[str, str]],
) -> dict[str, bytes]:
    """All pages of the language in force but the reports, and the index of the search, by file.

    ``records`` are those of the reports, ``written`` their pages by name, ``files`` what the
    page of downloads lists: ``archive``, and ``groups`` of files; ``explorers`` are the pages on
    which a reader asks.
    """
    rows = figure_rows(content, records)
    listed = contents.sources(content)
    tables = contents.tables(content)
    terms = contents.terms(content)
    sections = {anchor: translated(title) for anchor, title in SECTIONS.items()}
    (other,) = [each for each in language.LANGUAGES if each != language.current()]
    page = {each.file: each for each in site.menu}
    made = {
        "index.html": _page(
            "home.html.j2",
            site,
            page["index.html"],
            records=records,
            shipped=content.shipped,
            explorers=explorers,
            front=front_page.front(
                [
                    each["claim"] | {"page": f"{each['report']}.html"}
                    for each in records
                    if each.get("claim")
                ]
            ),
        ),
        "sources.html": _page("sources.html.j2", site, page["sources.html"], sources=listed),
        "methods.html": _page(
            "methods.html.j2",
            site,
            page["methods.html"],
            sections=sections,
            scale=claim_words.scale(),
        ),
        "dictionary.html": _page(
            "dictionary.html.j2", site, page["dictionary.html"], tables=tables
        ),
        "glossary.html": _page(
            "glossary.html.j2", site, page["glossary.html"], terms=terms, other=other
        ),
        "downloads.html": _page(
            "downloads.html.j2",
            site,
            page["downloads.html"],
            licences=contents.licences(content),
            dataset=as_script(_dataset(site, content, files)),
            **files,
        ),
        "search.html": _page(
            "search.html.j2",
            site,
            page["search.html"],
            found=translated(FOUND),
            more=translated(FOUND_MORE),
        ),
        "figures.html": _page("figures.html.j2", site, page["figures.html"], rows=rows),
    }
    made["library.html"] = _page(
        "about.html.j2", site, page["library.html"], text=prose(reference()), written_in="en"
    )
    if content.readme is not None:
        made["about-tables.html"] = _page(
            "about.html.j2",
            site,
            page["about-tables.html"],
            text=prose(content.readme),
            written_in="en" if content.shipped else "",
        )
    found = [
        *search.of_figures(rows),
        *(
            each
            for record in records
            for each in search.of_report(record, written[record["report"]])
        ),
        *search.of_sections(sections),
        *search.of_terms(terms),
        *search.of_sources(listed),
        *search.of_tables(tables),
    ]
    made["search-index.js"] = search.script(found)
    return made


def _dataset(site: Site, content: Content, files: Mapping[str, Any]) -> dict[str, Any]:
    """The tables in the vocabulary of schema.org, for catalogues of data sets."""
    held = content.described
    listed = {key: held[key] if isinstance(held.get(key), list) else []
              for key in ("keywords", "contributors")}  # fmt: skip
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": site.title,
        "description": site.description,
        "version": str(held.get("version", "")),
        "keywords": [str(each) for each in listed["keywords"]],
        "license": [each["address"] for each in contents.licences(content) if each["address"]],
        "creator": [
            {"@type": "Organization", "name": str(each.get("title", ""))}
            for each in listed["contributors"]
            if isinstance(each, dict)
        ],
        "distribution": {
            "@type": "DataDownload",
            "contentUrl": f"../downloads/{files['archive']['name']}",
            "encodingFormat": "application/zip",
        },
    }


def figure_rows(content: Content, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a figure as a page shows it, in the language in force, with the claims that use it.

    ``records`` are what is recorded about the reports; those on a claim hold its card.
    """
    publishers = content.sources.set_index("source_id")["publisher"]
    using: dict[str, list[dict[str, str]]] = {}
    for record in records:
        card: dict[str, Any] = record.get("claim") or {}
        for figure in card.get("figures", ()):
            using.setdefault(figure, []).append(
                {"page": f"reports/{record['report']}.html", "question": card["question"],
                 "verdict": card["verdict"]}
            )  # fmt: skip
    return [
        {
            "figure_id": figure["figure_id"],
            "token": figure["as_reported"],
            "about": translated(str(figure["measure"]).replace("_", " ")),
            "publisher": publishers.get(figure["source_id"], figure["source_id"]),
            "source_id": figure["source_id"],
            "line": _("line {line}", line=figure["locator"]) if figure["locator"] else "",
            "claims": using.get(figure["figure_id"], []),
        }
        for figure in content.figures.to_dict("records")
    ]


def prose(text: str) -> str:
    """Markdown as HTML that holds nothing but what a page of ours may hold.

    The title of the text is left out: the page has one.

    >>> prose("# Title\\n\\nA <b>word</b>.")
    '<p>A &lt;b&gt;word&lt;/b&gt;.</p>\\n'
    """
    import mistune

    from ..reports.markup import FIRST_SECTION, Outline, rebuild

    renderer = mistune.HTMLRenderer(escape=True, allow_harmful_protocols=True)
    markdown = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])
    outline = Outline(anchors={"content"})
    return rebuild(str(markdown(text)), outline).replace(FIRST_SECTION, "").lstrip("\n")


def choice_page(sites: Mapping[str, Site]) -> bytes:
    """The page at the top of a site, which leads to its languages."""
    return _rendered("choice.html.j2", sites=sites, names=NAMES)


def decorated(page: str, site: Site, name: str, explorer: str = "") -> str:
    """A report's page with the site's header, links to its other languages, and its explorer."""
    file = f"reports/{name}.html"
    head = f"{_links(file)}<style>\n{_style()}\n</style>\n</head>"
    start = '<main id="content"'
    header = _header(site, file, here="index.html")
    if explorer:
        text = escape(_("Ask it yourself: move the baseline, see the answer"))
        header += f'<p class="ask"><a href="../{explorer}">{text}</a></p>'
    for mark, put in (("</head>", head), (start, f"{header}\n{start}")):
        assert mark in page, mark
        page = page.replace(mark, put, 1)
    return page.replace('<p class="back"><a href="', '<p class="back"><a href="../', 1)


def _page(template: str, site: Site, page: Page, *, at: str | None = None, **values: Any) -> bytes:
    """A page; ``at`` is the entry of the menu that it belongs to, by default its own."""
    return _rendered(
        template,
        site=site,
        page=page,
        menu=site.menu,
        links=_links(page.file),
        header=_header(site, page.file, here=at or page.file),
        **values,
    )


def _header(site: Site, file: str, *, here: str) -> str:
    up = "../" * file.count("/")
    others = [
        (each, f"{up}../{each}/{file}") for each in language.LANGUAGES if each != language.current()
    ]
    base = up
    return _rendered("header.html.j2", site=site, menu=site.menu, base=base, here=here,
                     others=others, names=NAMES).decode()  # fmt: skip


def _links(file: str) -> str:
    up = "../" * file.count("/")
    addresses = [(each, f"{up}../{each}/{file}") for each in language.LANGUAGES]
    return _rendered("links.html.j2", alternates=addresses).decode()


def _style() -> str:
    return (Path(__file__).parent / "templates" / "site.css").read_text("utf-8").rstrip("\n")


def search_script() -> bytes:
    """The script of the search, the same for every language."""
    return (Path(__file__).parent / "templates" / "search.js").read_bytes()


def _rendered(template: str, **values: Any) -> bytes:
    text = _templates().get_template(template).render(language=language.current(), **values)
    return str(text).encode("utf-8", errors="backslashreplace")


@lru_cache(maxsize=1)
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(
            [
                Path(__file__).parent / "templates",
                Path(reports.__file__).parent / "templates",  # style.css and print.css
                front_page.LOOK.parent,
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"_": _, "ngettext": ngettext}
    return environment
