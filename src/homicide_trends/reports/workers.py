"""A function applied to many items in worker processes, none of which outlives the command."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    function: Callable[[Item], Result], items: Sequence[Item], *, workers: int
) -> Iterator[tuple[Item, Result | Exception]]:
    """Pairs of an item and its result, or the exception that it raised, as they are done.

    When a worker dies, its whole pool is lost: what was not done is then done by itself, each
    item in a process of its own, so that only an item that kills its worker again fails.
    """
    lost: list[Item] = []
    for item, result in _pool(function, items, workers):
        if isinstance(result, BrokenProcessPool):
            lost.append(item)
        else:
            yield item, result
    for item in lost:
        alone: Result | Exception = BrokenProcessPool()
        for _ in range(2):
            if isinstance(alone, BrokenProcessPool):
                ((_, alone),) = _pool(function, [item], 1)
        died = RuntimeError("its worker process died, also when it was alone")
        yield item, died if isinstance(alone, BrokenProcessPool) else alone


def _pool(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[tuple[Item, Result | Exception]]:
    """One pool's results; leaving early ends the workers and what they started."""
    others = set(multiprocessing.active_children())
    # Not forked: a fork would copy the caller's threads, sockets and figures.
    pool = ProcessPoolExecutor(
        max_workers=max(1, min(workers, len(items))),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
    )
    done = False
    try:
        futures: dict[Future[Result], Item] = {}
        with _as_a_worker_starts():
            for item in items:
                futures[_submit(pool, function, item)] = item
        for future in as_completed(futures):
            error = future.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
            yield futures[future], future.result() if error is None else error
        done = True
    finally:
        if not done:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor, function: Callable[[Item], Result], item: Item
) -> Future[Result]:
    """A future in any case: a pool can break while it is still being filled."""
    try:
        return pool.submit(function, item)
    except BrokenProcessPool as error:
        broken: Future[Result] = Future()
        broken.set_exception(error)
        return broken


@contextmanager
def _as_a_worker_starts() -> Iterator[None]:
    """Workers inherit an ignored Ctrl-C (their parent ends them) and may cache bytecode."""
    bytecode = os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, before)
        if bytecode is not None:
            os.environ["PYTHONDONTWRITEBYTECODE"] = bytecode


def _prepare() -> None:
    """In a new worker: end with the parent, and take along what was started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _asked_to_end)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _asked_to_end(*_: object, alone: bool = False) -> None:
    # A pool that breaks asks twice; the second time would interrupt what the first began.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _end(alone=alone)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        _end(alone=True)


def _end(*, alone: bool = False) -> None:
    """End this process at once, with its kernels and their folders."""
    try:
        from . import execution, scratch

        execution.end_kernels()
        for folder in list(execution.folders):
            shutil.rmtree(folder, ignore_errors=True)
        if alone:
            scratch.leave()
    finally:
        os._exit(128 + signal.SIGTERM)  # whoever asked for the end waits for it


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
