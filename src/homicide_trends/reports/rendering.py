"""One report, from a notebook and checked values to the bytes of its files.

A job and its outcome hold contents, not paths, so that any process can do the work.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import language
from . import execution, findings, html, pdf
from .notebook import in_language
from .parameters import Value

# Modules of ours that a notebook names, and what is loaded beforehand for each (see warm).
_WORDS = ("methods", "claims", "joinpoints", "change_points")

FORMATS = ("html", "ipynb")  # when nothing else is asked for
ALL_FORMATS = (*FORMATS, "pdf")


@dataclass(frozen=True, slots=True)
class Job:
    """All that one report is made from."""

    report: str
    title: str
    source: str
    notebook: str
    values: Mapping[str, Value]
    parameters: list[dict[str, Any]]
    command: str
    formats: tuple[str, ...] = FORMATS
    data: str | None = None
    timeout: float | None = None
    lang: str = "en"
    figures: str = "svg"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a report was not made, and the notebook as far as it came."""

    report: str
    message: str
    notebook: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files of a report by suffix and what is recorded about it, or its failure."""

    report: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    failure: Failure | None = None


def words(jobs: Iterable[Job]) -> list[str]:
    """What is worth loading beforehand: us, if a notebook names us, and what two or more name."""
    texts = [job.notebook for job in jobs]
    ours = ["homicide_trends"] if any("homicide_trends" in text for text in texts) else []
    return [*ours, *(word for word in _WORDS if sum(word in text for text in texts) > 1)]


def run(job: Job) -> Outcome:
    """Execute a job's notebook and make its files; a failing cell is an outcome, not an error."""
    with language.speaking(job.lang):
        return _run(job)


def _run(job: Job) -> Outcome:
    until = None if job.timeout is None else time.monotonic() + job.timeout
    try:
        notebook = execution.execute(
            in_language(job.notebook, job.lang),
            job.values,
            data=job.data,
            figures=job.figures,
            timeout=job.timeout,
        )
    except execution.CellError as error:
        message = f"{job.report}: {job.source}, {error}"
        return Outcome(job.report, failure=Failure(job.report, message, error.notebook))
    try:
        record = _record(job, notebook)
        files = {}
        if "ipynb" in job.formats:
            files["ipynb"] = findings.to_json(notebook)
        page = html.report_page(notebook, record) if {"html", "pdf"} & {*job.formats} else b""
        if "html" in job.formats:
            files["html"] = page
        if "pdf" in job.formats:
            left = None if until is None else until - time.monotonic()
            files["pdf"] = pdf.printed(page, within=left)
    except (ValueError, pdf.BrowserError) as error:
        content = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
        failure = Failure(job.report, f"{job.report}: {job.source}: {error}", content)
        return Outcome(job.report, failure=failure)
    return Outcome(job.report, files=files, record=record)


def _record(job: Job, notebook: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept about a report, for its own page, the index and the findings of all."""
    return {
        "report": job.report,
        "title": job.title,
        "lang": job.lang,
        "notebook": job.source,
        "command": job.command,
        "parameters": job.parameters,
        **findings.collect(notebook, report=job.report),
    }
