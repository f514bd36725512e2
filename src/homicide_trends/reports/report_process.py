"""A process that makes one report after the other, for whoever holds its standard input.

Run as ``python -m homicide_trends.reports.report_process``. It reads pickles, each with its length
before it: an Order first, then functions with their jobs. To the order it answers with a
description of itself, to a job with what came of it. It ends when its input does, or when it has
had nothing to do for a while, and takes its kernels and its folders along.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ..language import _
from . import execution, freshness, kernels, scratch, wire, workers
from .rendering import Job, Outcome

_IDLE = 60.0  # seconds after which nobody is taken to want more
_LOOK = 0.3  # seconds between two looks at whether the report is still wanted
_PATIENCE = 15.0  # seconds for an end in good order


@dataclass(frozen=True, slots=True)
class Order:
    """What all jobs of a batch share.

    The tables by name, what kernels import beforehand, the formats, and the description
    that a process must give of itself.
    """

    batch: str
    tables: Mapping[str, bytes]
    late: tuple[str, ...]
    formats: tuple[str, ...]
    expected: Mapping[str, str]


class Unlike(RuntimeError):
    """Reports would be made with something else than the command has."""


class Gone(RuntimeError):
    """The process ended before it had answered."""


class Unwanted(RuntimeError):
    """Nobody waits for the report any more."""


class ReportProcess:
    """Such a process, seen from the one that started it."""

    def __init__(self, order: Order) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "homicide_trends.reports.report_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._thread = ThreadPoolExecutor(1)
        self._order: Order | None = order

    def result(
        self, function: Callable[[Job], Outcome], job: Job, wanted: Callable[[], bool]
    ) -> Outcome:
        """What a function makes of a job; whatever it raised is raised here.

        Raises Gone, Unlike when the process does not make reports with what the order expects,
        and Unwanted when ``wanted()`` is false before there is a result.
        """
        if self._order is not None:
            found = unlike(self._order.expected, self._ask(self._order, wanted))
            if found:
                self.end()
                raise Unlike(found)
            self._order = None
        answer = self._ask((function, job), wanted)
        if isinstance(answer, Exception):
            raise answer
        outcome: Outcome = answer
        return outcome

    @property
    def usable(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def _ask(self, question: object, wanted: Callable[[], bool]) -> Any:
        answer = self._thread.submit(self._exchange, question)
        while wanted():
            try:
                return answer.result(_LOOK)
            except NotYet:
                continue
            except (OSError, EOFError, pickle.UnpicklingError):
                self.end()
                raise Gone from None
        self.end()
        raise Unwanted

    def _exchange(self, question: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        _write(self._process.stdin, question)
        return _read(self._process.stdout.read)

    def end(self) -> None:
        """End the process; it takes along what it started."""
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.shutdown(wait=True)
        self._process.stdout.close()  # type: ignore[union-attr]


def _write(file: IO[bytes], content: object) -> None:
    file.write(wire.packed([pickle.dumps(content)]))
    file.flush()


def _read(read: Callable[[int], bytes]) -> Any:
    (content,) = wire.unpacked(read)
    return pickle.loads(content)


def unpack(tables: Mapping[str, bytes], folder: Path) -> Path:
    """Write tables by name into a folder."""
    folder.mkdir()
    for name, content in tables.items():
        (folder / Path(name).name).write_bytes(content)
    return folder


def unlike(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """How a description differs from the expected one; empty when it does not.

    >>> unlike({"numpy": "2.4.6", "code": "a"}, {"numpy": "2.3.0", "code": "a"})
    'numpy 2.3.0, here 2.4.6'
    """
    names = [name for name in {**expected, **found} if expected.get(name) != found.get(name)]
    return "; ".join(
        _("{name} {there}, here {here}",
          name=name, there=_short(found.get(name)), here=_short(expected.get(name)))
        for name in names
    )  # fmt: skip


def _short(version: str | None) -> str:
    """A version, the beginning of a checksum, or that there is none."""
    if not version:
        return _("(none)")
    return version if len(version) < 30 else version[:8]


def main() -> None:
    """Take the order, then jobs, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_args: workers._asked_to_end(alone=True))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints is no answer
    asked: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    order = asked.get()
    with suppress(BrokenPipeError), scratch.own_folder():
        if order is not None:
            _write(answers, freshness.Environment().described(order.formats))
            _serve(order, asked, answers)
    os._exit(0)  # the thread may be in the middle of reading


def _serve(order: Order, asked: "queue.Queue[Any]", answers: IO[bytes]) -> None:
    folder = unpack(order.tables, Path(tempfile.gettempdir(), "tables"))
    execution.folders.add(folder)  # goes also when the end is not in good order
    with kernels.preloaded(order.late, data=str(folder)), suppress(queue.Empty):
        while (question := asked.get(timeout=_IDLE)) is not None:
            function, job = question
            try:
                answer = function(replace(job, data=str(folder)))
            except Exception as error:
                answer = RuntimeError(f"{type(error).__name__}: {error}")
            _write(answers, answer)


def _listen(asked: "queue.Queue[Any]") -> None:
    """Pass on what comes in; when nobody holds the process any more, see to its end."""
    try:
        while True:
            asked.put(_read(lambda length: os.read(0, length)))
    except Exception:
        asked.put(None)
    for _attempt in range(20):  # a kernel may just be starting
        execution.end_kernels()
        time.sleep(0.2)
    workers._end(alone=True)


if __name__ == "__main__":
    main()
