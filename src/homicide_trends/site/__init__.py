"""A site: every report in both languages with the pages around them, static and whole.

``DIR/index.html`` leads to ``DIR/en`` and ``DIR/es``. A page asks for nothing outside the folder
and opens from a file as from any host. The same inputs give the same bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import language, reports
from ..language import _
from ..reports import Failure, Plan
from ..reports.findings import to_csv, to_json
from ..reports.pool import Pool
from ..reports.publish import locked, read_records
from ..reports.rendering import words
from ..tables.folders import Folder, data_folder
from . import downloads, pages, publishing
from .content import Content, read_content, tables
from .explorer import Explorers

__all__ = ["Built", "build"]

FORMATS = ("html", "ipynb")


@dataclass(slots=True)
class Built:
    """What a run did: the folder, its files, which reports were rendered, and the failures.

    ``changed`` is whether the folder was replaced; with failures it never is. ``kept`` are the
    notebooks of failed reports.
    """

    folder: Path
    files: list[str] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    fresh: int = 0
    changed: bool = False
    failures: list[Failure] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def build(
    out: Folder = "site",
    names: Sequence[str] = (),
    *,
    parameters: Mapping[str, object] | None = None,
    own: Mapping[str, Mapping[str, object]] | None = None,
    data: Folder | None = None,
    notebooks: Folder | None = None,
    jobs: int | None = None,
    timeout: float | None = None,
    force: bool = False,
    started: Callable[[int], object] | None = None,
    progress: Callable[[Any], object] | None = None,
) -> Built:
    """Make a site of reports on a folder of tables, and put it in place when it is whole.

    ``names`` are those of the reports, all when there are none. The other arguments are those of
    ``reports.plan`` and ``reports.carry_out``. Reports are kept, as they were rendered, in a
    hidden folder beside ``out``, and what is up to date there is not rendered again. A report
    that fails leaves the site as it was.

    Raises what ``reports.render`` raises, DataError for tables that cannot be shown, and OSError
    for a folder that holds anything but a site.

    Call it from a script only below ``if __name__ == "__main__":``, because it starts processes.

    >>> build("public", ["chnage"])  # a mistake is said before anything is rendered or written
    Traceback (most recent call last):
    homicide_trends.reports.parameters.ParameterError: no report 'chnage'; did you mean ...
    """
    folder = Path(out).expanduser().resolve()
    publishing.refuse_others_files(folder)
    given = data_folder(data)
    content = read_content(given, downloads.readme(given))
    plans = {
        lang: reports.plan(
            names,
            parameters=parameters,
            own=own,
            data=data,
            notebooks=notebooks,
            formats=FORMATS,
            lang=lang,
        )
        for lang in language.LANGUAGES
    }
    built = Built(folder)
    kept = publishing.beside(folder, "reports")
    kept.mkdir(parents=True, exist_ok=True)
    every = [job for plan in plans.values() for job in plan.jobs]
    with locked(kept), Pool(words(every), data=str(given)) as pool:
        publishing.recover(folder)
        for lang, plan in plans.items():
            _render(plan, lang, kept, built, jobs=jobs, timeout=timeout, force=force,
                    started=started, progress=progress, each=pool.each)  # fmt: skip
            if built.failures:
                return built
        contents = _contents(content, plans, kept)
        built.files = sorted(contents)
        built.changed = not publishing.is_published(folder, contents)
        if built.changed:
            publishing.replace(folder, contents)
    return built


def _render(plan: Plan, lang: str, kept: Path, built: Built, **how: Any) -> None:
    rendered = reports.carry_out(plan, out=kept / lang, **how)
    built.rendered += [f"{lang}/{name}" for name in rendered.written]
    built.fresh += len(rendered.fresh)
    built.failures += rendered.failures
    built.kept += [kept / lang / "failed" / f"{each.report}.ipynb" for each in rendered.failures]


def _contents(content: Content, plans: Mapping[str, Plan], kept: Path) -> dict[str, bytes]:
    """All files of the site by their names in it."""
    records = {
        lang: [
            record
            for record in read_records(kept / lang, plan.order)
            if record["report"] in {job.report for job in plan.jobs}
        ]
        for lang, plan in plans.items()
    }
    handed = _downloads(content, records, kept)
    explorers = Explorers(content.folder)
    sites = {}
    made: dict[str, bytes] = {}
    for lang in plans:
        with language.speaking(lang):
            sites[lang] = site = pages.describe(content, asks=bool(explorers.places))
            written = {
                each["report"]: (kept / lang / f"{each['report']}.html").read_text("utf-8")
                for each in records[lang]
            }
            asked = {
                record["report"]: explorers.of_report(_values(record)) for record in records[lang]
            }
            made |= {
                f"{lang}/reports/{name}.html": pages.decorated(
                    page, site, name, asked[name]
                ).encode()
                for name, page in written.items()
            }
            reports_of = {
                file.removeprefix("explorer/").removesuffix(".html"): f"../reports/{name}.html"
                for name, file in reversed(asked.items())
            }
            explored = explorers.pages(site.title, reports_of)
            made |= {f"{lang}/{name}": each for name, each in explored.items()}
            listed = _listed(handed, tables(content), lang)
            around = pages.pages(site, content, records[lang], written, listed, explorers.listed())
            made |= {f"{lang}/{name}": each for name, each in around.items()}
    made |= handed
    made["index.html"] = pages.choice_page(sites)
    made["assets/search.js"] = pages.search_script()
    made[publishing.MANIFEST] = publishing.manifest(
        made, title=sites["en"].title, languages=list(plans)
    )
    return made


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a report, by their names."""
    return {str(each["name"]): each["value"] for each in record["parameters"]}


ARCHIVE = "downloads/homicide-trends.zip"


def _downloads(
    content: Content, records: Mapping[str, Sequence[Mapping[str, Any]]], kept: Path
) -> dict[str, bytes]:
    """What can be taken away, by its name in the site."""
    files = downloads.tables(content.folder, content.raw)
    found = {f"downloads/{name}": each for name, each in files.items()}
    found["downloads/datapackage.json"] = downloads.descriptor(content.described, files)
    if content.readme is not None:
        found["downloads/README.md"] = content.readme.encode()
    for lang, each in records.items():
        rows = [row for record in each for row in record["findings"]]
        found[f"{lang}/findings.csv"] = to_csv(rows)
        found[f"{lang}/findings.json"] = to_json(rows)
        for record in each:
            name = f"{record['report']}.ipynb"
            found[f"{lang}/notebooks/{name}"] = (kept / lang / name).read_bytes()
    return {**found, ARCHIVE: downloads.archive(found)}


def _listed(
    handed: Mapping[str, bytes], described: Sequence[Mapping[str, Any]], lang: str
) -> dict[str, Any]:
    """What the page of downloads shows, in the language in force."""

    def files(start: str, about: Mapping[str, str] | None = None) -> list[dict[str, str]]:
        return [
            {
                "address": f"../{name}",
                "name": name.rpartition("/")[2],
                "size": downloads.size(each),
                "about": (about or {}).get(name.rpartition("/")[2], ""),
            }
            for name, each in sorted(handed.items())
            if name.startswith(start) and name != ARCHIVE
        ]

    findings = {
        "findings.csv": _("every number that the reports state, with limits, unit, method, "
                          "baseline, window and sources"),
        "findings.json": _("the same for programs"),
    }  # fmt: skip
    about = {f"{each['name']}.csv": each["description"] for each in described}
    about |= {
        "datapackage.json": _("the description of the tables, for programs"),
        "README.md": _("definitions of the tables"),
    }
    archive = {"name": ARCHIVE.rpartition("/")[2], "size": downloads.size(handed[ARCHIVE])}
    return {
        "archive": archive,
        "groups": [
            (_("Tables"), files("downloads/", about)),
            (_("Findings"), files(f"{lang}/findings", findings)),
            (_("Executed notebooks"), files(f"{lang}/notebooks/")),
        ],
    }
