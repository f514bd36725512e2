"""Reports in processes of their own, none of which outlives the command.

Workers are forked by the standard library's fork server from a process that is warm: it has
imported everything and run nothing. Each worker forks once more for the cells of a report (see
``engine``) and makes the page itself. Where a fork is not safe, or is not wanted, workers are
started one by one and run each notebook in an ordinary kernel, and that is said once.
"""

import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import connection, forkserver
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from ..tables.folders import ENVIRONMENT_VARIABLE
from ..language import _
from .engine import ForkedEngine, end_children, end_with, may_have_children

Item = TypeVar("Item")
Result = TypeVar("Result")

# Of whatever runs a notebook; None is unset.
SETTINGS: dict[str, str | None] = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONDONTWRITEBYTECODE": None,
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": None,
    **{f"{library}_NUM_THREADS": "1"
       for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")},
}  # fmt: skip

PREFIX = "ht-"  # short, because the paths of sockets inside may have some hundred bytes only
_WARM = f"{__package__}.warm"
_LONGEST_FOLDER = 60  # bytes, of the temporary folder
_NEW = 60.0  # seconds in which a folder may not have its lock yet
_PATIENCE = 15.0  # seconds for an end in good order
_LOOK = 0.3  # seconds between two looks at whether a result is still wanted
_said: set[str] = set()


class Gone(RuntimeError):
    """A worker ended before it had answered."""


class Unwanted(RuntimeError):
    """Nobody waits for the result any more."""


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def why_not() -> str | None:
    """Why cells cannot be run in forks here, or None."""
    if sys.platform != "linux":
        return _("forking is not safe on {system}", system=sys.platform)
    if sys.gettrace() is not None or sys.modules.keys() & {"pydevd", "_pydevd_bundle"}:
        return _("a debugger is attached")
    if len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER:
        return _("the path of the folder for temporary files is too long for a socket")
    return None


class Pool:
    """Workers for functions, warm for notebooks that use our modules called ``words``.

    ``data`` is the folder of tables that most of the reports will read (None for the one in
    force); it only saves time. With ``kernel``, notebooks run in ordinary kernels. To be used
    in a ``with`` statement, whose end ends everything; when this process is killed, the workers
    end what they do, and the fork server removes the folder.
    """

    def __init__(
        self, words: Iterable[str] = (), *, data: str | None = None, kernel: bool = False
    ) -> None:
        reason = None if kernel else why_not()
        if reason:
            say_slower(reason)
        self._forks = not kernel and reason is None
        self._words, self._data = [*words], data
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    def __enter__(self) -> "Pool":
        self._stack = ExitStack()
        self.folder = self._stack.enter_context(own_folder())
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End the workers and what they have started, and remove the folder."""
        for worker in [*self._all]:
            worker.ask_to_end()
        for worker in [*self._all]:
            self._over(worker)
        self._idle.clear()
        with suppress(AttributeError), _starting:
            if forkserver._forkserver._forkserver_address in _sockets(self.folder):  # type: ignore[attr-defined]
                forkserver._forkserver._stop()  # type: ignore[attr-defined]
        self._stack.close()

    def each(
        self, function: Callable[[Item], Result], items: Sequence[Item], *, workers: int
    ) -> Iterator[tuple[Item, Result | Exception]]:
        """Pairs of an item and its result, or the exception that it raised, as they are done.

        When a worker dies, its item is done once more, so that only an item that kills its worker
        again fails. Leaving early ends what was begun.
        """
        waiting = deque((item, 2) for item in items)
        running: dict[Any, tuple[Item, int, Worker]] = {}
        try:
            while waiting or running:
                while waiting and len(running) < max(1, workers):
                    item, tries = waiting.popleft()
                    worker = self._worker()
                    worker.give(function, item)
                    running[worker.connection] = item, tries - 1, worker
                for ready in connection.wait([*running]):
                    item, tries, worker = running.pop(ready)
                    try:
                        result = worker.answer()
                    except Gone:
                        self._over(worker)
                        if tries:
                            waiting.appendleft((item, tries))
                            continue
                        result = RuntimeError(_("its process died, twice"))
                    else:
                        self._idle.append(worker)
                    yield item, result
        finally:
            for _item, _tries, worker in running.values():
                worker.ask_to_end()
            for _item, _tries, worker in running.values():
                self._over(worker)

    def result(
        self, function: Callable[[Item], Result], item: Item, *, wanted: Callable[[], bool]
    ) -> Result:
        """The result of one item; what was raised is raised here.

        Raises Gone when the worker died, and Unwanted when ``wanted()`` is false before.
        """
        worker = self._worker()
        try:
            worker.give(function, item)
            while not worker.connection.poll(_LOOK):
                if not wanted():
                    raise Unwanted
            answer = worker.answer()
        except BaseException:
            worker.ask_to_end()
            self._over(worker)
            raise
        self._idle.append(worker)
        if isinstance(answer, Exception):
            raise answer
        result: Result = answer
        return result

    def _worker(self) -> "Worker":
        with suppress(IndexError):
            return self._idle.pop()
        for left in reversed(range(5)):
            try:
                with _starting, self._environment():
                    worker = Worker(forks=self._forks)
                break
            except (EOFError, OSError, Gone):  # the server, or the worker, was killed just now
                if not left:
                    raise Gone(_("its process could not be started")) from None
                time.sleep(_LOOK)  # it answers no more, and may not be seen to have ended yet
        self._all.add(worker)
        if worker.reason:
            say_slower(worker.reason)
        return worker

    def _over(self, worker: "Worker") -> None:
        worker.end()
        self._all.discard(worker)

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """What the processes that start in this context find."""
        variables: dict[str, str | None] = {**SETTINGS, "TMPDIR": str(self.folder)}
        if self._forks:
            given = {"folder": str(self.folder), "words": self._words}
            variables |= {"HOMICIDE_TRENDS_WARM": json.dumps(given)}
        variables["PYTHONSAFEPATH"] = "1"
        if self._data is not None:
            variables[ENVIRONMENT_VARIABLE] = self._data
        with ExitStack() as stack:
            stack.enter_context(variables_set(variables))
            stack.enter_context(_own_main())
            settings = multiprocessing.current_process()._config  # type: ignore[attr-defined]
            before = {name: settings.get(name) for name in ("tempdir", "daemon")}
            # The socket of the server goes with our folder; a worker of Dask is a daemon.
            settings |= {"tempdir": str(self.folder), "daemon": False}
            stack.callback(settings.update, before)
            if self._forks:
                forkserver.set_forkserver_preload([_WARM])
                forkserver.ensure_running()
            yield


_starting = threading.RLock()


def _sockets(folder: Path) -> set[str]:
    return {str(path) for path in folder.glob("listener-*")}


@contextmanager
def variables_set(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Within this context, environment variables are so (None: unset)."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _own_main() -> Iterator[None]:
    """Within this context, new processes import neither the caller's script nor its folder."""
    main, path = sys.modules["__main__"], [*sys.path]
    sys.modules["__main__"] = ModuleType("__main__")
    sys.path[:] = [each for each in path if each not in ("", os.getcwd())]
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        sys.path[:] = path


class Worker:
    """A process that applies functions to items, one after the other."""

    def __init__(self, *, forks: bool) -> None:
        context: Any = multiprocessing.get_context("forkserver" if forks else "spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, forks), daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()
        self.reason = self.answer()

    def give(self, function: Callable[[Any], Any], item: Any) -> None:
        """Have something done."""
        with suppress(OSError):  # that it is gone is known when it is asked for the answer
            self.connection.send((function, item))

    def answer(self) -> Any:
        """What came of it; raises Gone."""
        try:
            return self.connection.recv()
        except (OSError, EOFError):
            raise Gone from None

    def ask_to_end(self) -> None:
        """Have the process end what it has started, and then itself."""
        with suppress(OSError, AttributeError):
            self._process.terminate()

    def end(self) -> None:
        """End the process."""
        self.connection.close()
        self._process.join(_PATIENCE)
        self._process.kill()
        self._process.join()


def _serve(given: connection.Connection, forks: bool) -> None:
    """Be a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted ends this process
    signal.signal(signal.SIGTERM, _asked_to_end)
    may_have_children()
    os.environ.pop("PYTHONSAFEPATH", None)  # cells are in a folder of their own
    reason = None
    if forks:
        os.setsid()
        reason = _become_warm(given)
    else:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError, EOFError):
        given.send(reason)
        while True:
            function, item = given.recv()
            try:
                answer = function(item)
            except Exception as error:
                answer = RuntimeError(f"{type(error).__name__}: {error}")
            given.send(answer)
    os._exit(0)


def _become_warm(given: connection.Connection) -> str | None:
    """In a fork: make it one that can be forked again, or say why it cannot be."""
    with suppress(AttributeError, OSError, TypeError):
        # The server ends when its command has; it would wait for whoever holds this.
        os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]
        forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]
    warm: Any = sys.modules.get(_WARM)
    if warm is None:
        return _("another part of this program had started a fork server")
    end_with(warm.SERVER, signal.SIGTERM)
    import gc
    import warnings

    from .engine import adopt

    warnings.filters[:] = warm.FILTERS  # type: ignore[index]
    adopt()
    gc.enable()
    if not warm.READY:
        return _("a module that was loaded beforehand has started a thread")
    ForkedEngine.connections.append(given)
    ForkedEngine.ready = True
    return None


def _asked_to_end(*_: object) -> None:
    """End this process at once, with what it has started and its folders."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        from . import execution

        end_children()
        for folder in list(execution.folders):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(128 + signal.SIGTERM)  # whoever asked for the end waits for it


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        _asked_to_end()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A temporary folder for this context; a later command removes one that a kill has left."""
    _remove_stale(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = FileLock(folder / ".lock")
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_stale(place: Path) -> None:
    """Remove our folders that no command holds any more."""
    for folder in place.glob(f"{PREFIX}????????"):
        with suppress(OSError, Timeout):
            state = folder.lstat()
            ours = not hasattr(os, "geteuid") or state.st_uid == os.geteuid()
            if ours and not folder.is_symlink() and time.time() - state.st_mtime > _NEW:
                with FileLock(folder / ".lock", blocking=False):
                    shutil.rmtree(folder, ignore_errors=True)


def say_slower(reason: str) -> None:
    """Say on standard error why cells are not run in forks; each reason once."""
    text = _("Each report starts a kernel of its own, which takes longer: {reason}.", reason=reason)
    if text not in _said:
        _said.add(text)
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text + "\n")
