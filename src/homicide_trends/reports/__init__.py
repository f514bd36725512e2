"""Reports: what there is to render, with which values, and rendering it.

A report is rendered when anything that it is made from has changed, or its files have; else it
is up to date and left as it is. One command at a time writes into a folder.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from .. import language
from ..tables.folders import Folder
from . import findings, freshness, publish
from .catalogue import LIST, Picture, Report, choose, load_picture, load_reports
from .planning import Plan, Text, check_values, plan
from .pool import Pool, processors
from .publish import Locked, locked
from .rendering import ALL_FORMATS, FORMATS, Failure, Job, Outcome, run, words

__all__ = [
    "ALL_FORMATS",
    "FORMATS",
    "LIST",
    "Comparison",
    "Failure",
    "Locked",
    "Outcome",
    "Picture",
    "Plan",
    "Rendered",
    "Report",
    "Stopped",
    "Text",
    "carry_out",
    "check_values",
    "choose",
    "compare",
    "due",
    "load_picture",
    "load_reports",
    "plan",
    "render",
]

# What applies a function to many items elsewhere: pairs of an item and its result or exception,
# as they are done. Closing it ends what it started.
Each = Callable[..., Iterator[tuple[Job, Outcome | Exception]]]


@dataclass(slots=True)
class Rendered:
    """What a run left behind: the files in place, by report, and the failures.

    ``fresh`` are the reports that were up to date, ``not_run`` those that were not begun because
    another failed, ``left_out`` those of a sweep that its file no longer asks for.
    """

    written: dict[str, list[Path]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    index: Path | None = None


@dataclass(slots=True)
class Comparison:
    """How reports rendered now differ from those in a folder, a line each, and the failures."""

    reports: int
    differences: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Stopped(OSError):
    """The folder could not be written to any more; ``rendered`` is what was finished before."""

    def __init__(self, error: OSError, rendered: Rendered) -> None:
        super().__init__(error.errno, error.strerror, error.filename)
        self.rendered = rendered


def render(
    reports: Sequence[str] = (),
    *,
    parameters: Mapping[str, object] | None = None,
    own: Mapping[str, Mapping[str, object]] | None = None,
    sweep: Folder | None = None,
    out: Folder = "reports",
    data: Folder | None = None,
    notebooks: Folder | None = None,
    formats: Sequence[str] = FORMATS,
    lang: str | None = None,
    figures: str = "svg",
    jobs: int | None = None,
    timeout: float | None = None,
    force: bool = False,
    fail_fast: bool = False,
    started: Callable[[int], object] | None = None,
    progress: Callable[[Outcome], object] | None = None,
    kernel: bool = False,
    each: Each | None = None,
) -> Rendered:
    """Render reports (all when none is named) into the folder ``out`` where that is due.

    ``parameters`` are values by name for every report that has such a parameter, ``own`` values
    by report and name; ``sweep`` is a file of combinations of values; ``lang`` is the language
    of the reports ("en" or "es"; default: that of their parameter ``lang``); ``figures`` is what
    pictures are, "svg" or "png", for a program that takes nothing else. ``jobs`` is how many run at once (default: one a processor), ``timeout`` how many seconds a report may take before it
    fails (default: any time); ``force`` renders what is up to date too; ``fail_fast`` stops at the first failure; ``started`` is called with the number of reports, ``progress``
    after each report with its outcome; with ``kernel`` notebooks run in ordinary Jupyter kernels;
    ``each`` runs the jobs elsewhere than on this machine.

    Raises ParameterError (a value), NotebookError (a notebook or the list of them), DataError
    (no such folder of tables), Locked (another command writes into the folder) or OSError (the
    folder ``out``) before any notebook is run, and Stopped when the folder fails later. A
    failing notebook is among the ``failures`` of the result, and the others are rendered.

    Call it from a script only below ``if __name__ == "__main__":``, because it starts processes.

    >>> render(["chnage"])  # a mistake is said before anything is run or written
    Traceback (most recent call last):
    homicide_trends.reports.parameters.ParameterError: no report 'chnage'; did you mean 'change'? ...
    """
    planned = plan(reports, parameters=parameters, own=own, sweep=sweep, data=data,
                   notebooks=notebooks, formats=formats, lang=lang, figures=figures)  # fmt: skip
    return carry_out(planned, out=out, jobs=jobs, timeout=timeout, force=force,
                     fail_fast=fail_fast, started=started, progress=progress,
                     kernel=kernel, each=each)  # fmt: skip


def carry_out(
    planned: Plan,
    *,
    out: Folder,
    jobs: int | None = None,
    timeout: float | None = None,
    force: bool = False,
    fail_fast: bool = False,
    started: Callable[[int], object] | None = None,
    progress: Callable[[Outcome], object] | None = None,
    kernel: bool = False,
    each: Each | None = None,
) -> Rendered:
    """Render what is due of a plan; like ``render``.

    >>> import tempfile
    >>> nothing = carry_out(replace(plan(["change"]), jobs=[]), out=tempfile.mkdtemp())
    >>> nothing.written, nothing.failures
    ({}, [])
    """
    folder = Path(out)
    publish.prepare(folder)
    environment = freshness.Environment()
    rendered = Rendered()
    with locked(folder) as check:
        publish.recover(folder)
        why = freshness.reasons(folder, planned.jobs, environment, force=force)
        rendered.fresh = [name for name, reason in why.items() if reason is None]
        waiting = [job for job in planned.jobs if why[job.report] is not None]
        if planned.sweep:
            rendered.left_out = publish.keep_sweep(folder, planned.sweep)
        if started:
            started(len(waiting))
        whole = False
        try:
            try:
                with _running(waiting, jobs, timeout, kernel, each) as outcomes:
                    for job, outcome in outcomes:
                        check()
                        _publish(folder, planned, job, outcome, environment, rendered)
                        if progress:
                            progress(outcome)
                        if outcome.failure and fail_fast:
                            break
                whole = True
            finally:
                # Also when interrupted: what is finished stays, and the index says so.
                if whole or rendered.written or rendered.failures:
                    check()
                    rendered.index = publish.publish_index(folder, planned.order)[-1]
        except OSError as error:
            raise Stopped(error, rendered) from error
        done = {*rendered.written, *(failure.report for failure in rendered.failures)}
        rendered.not_run = [job.report for job in waiting if job.report not in done]
    return rendered


def due(planned: Plan, *, out: Folder, force: bool = False) -> dict[str, str | None]:
    """By report, why ``carry_out`` would render it, or None where it is up to date.

    >>> due(plan(["change"]), out="a folder that is not there")
    {'change': 'not rendered yet'}
    """
    return freshness.reasons(Path(out), planned.jobs, freshness.Environment(), force=force)


def compare(
    planned: Plan,
    *,
    out: Folder,
    jobs: int | None = None,
    timeout: float | None = None,
    started: Callable[[int], object] | None = None,
    progress: Callable[[Outcome], object] | None = None,
    kernel: bool = False,
    each: Each | None = None,
) -> Comparison:
    """Render a plan and keep nothing but how its findings differ from those in the folder.

    >>> compare(replace(plan(["change"]), jobs=[]), out="a folder that is not there").reports
    0
    """
    found = Comparison(len(planned.jobs))
    lines: dict[str, list[str]] = {}
    if started:
        started(len(planned.jobs))
    with _running(planned.jobs, jobs, timeout, kernel, each) as outcomes:
        for _, outcome in outcomes:
            if outcome.failure:
                found.failures.append(outcome.failure)
            else:
                before = publish.read_record(Path(out), outcome.report)
                lines[outcome.report] = findings.differences(before, outcome.record)
            if progress:
                progress(outcome)
    found.differences = [line for job in planned.jobs for line in lines.get(job.report, [])]
    return found


@contextmanager
def _running(
    jobs: Sequence[Job], at_once: int | None, timeout: float | None, kernel: bool, each: Each | None
) -> Iterator[Iterator[tuple[Job, Outcome]]]:
    """Jobs and what comes of them, as they are done; leaving early ends what was started."""
    with ExitStack() as stack:
        if not jobs:
            yield iter(())
            return
        chosen = (
            each or stack.enter_context(Pool(words(jobs), data=jobs[0].data, kernel=kernel)).each
        )
        jobs = [replace(job, timeout=timeout) for job in jobs]
        results = chosen(run, jobs, workers=at_once or processors())
        stack.enter_context(closing(cast(Any, results)))
        yield ((job, _outcome(job, result)) for job, result in results)


def _outcome(job: Job, result: Outcome | Exception) -> Outcome:
    """A worker's result; what it raised, or that it died, is a failure of its report."""
    if isinstance(result, Outcome):
        return result
    message = f"{job.report}: {job.source}: {type(result).__name__}: {result}"
    return Outcome(job.report, failure=Failure(job.report, message, job.notebook.encode()))


def _publish(
    folder: Path,
    planned: Plan,
    job: Job,
    outcome: Outcome,
    environment: freshness.Environment,
    rendered: Rendered,
) -> None:
    if outcome.failure is not None:
        publish.keep_failed(folder, outcome.failure)
        rendered.failures.append(outcome.failure)
        return
    inputs = environment.kept(job, outcome.record["provenance"]["tables"])
    pictures = _pictures(planned.picture, outcome)
    record = {**outcome.record, "inputs": inputs}
    rendered.written[outcome.report] = publish.publish(
        folder, outcome.report, outcome.files, record, pictures
    )


def _pictures(wanted: Picture | None, outcome: Outcome) -> dict[str, bytes]:
    """The figure that is kept as a file of its own, where it is one of this report's."""
    if wanted is None or wanted.report != outcome.report or "ipynb" not in outcome.files:
        return {}
    with language.speaking(outcome.record.get("lang", "en")):
        section = language.translated(wanted.section)
    image = publish.picture(outcome.files["ipynb"], section)
    return {} if image is None else {wanted.file: image}
