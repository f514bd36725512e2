"""Reports made by the workers of a Dask cluster; what is done with them stays with the command.

What a report is made from travels by content, and its files come back as bytes. Dask assigns
the jobs, and does those again whose worker is lost. On a worker, a pool like that of a command
makes the reports; it ends with its worker, its batch, or its command.
"""

import asyncio
import atexit
import logging
import signal
import threading
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ..tables.folders import data_folder
from ..language import _
from . import freshness
from .pool import Gone, Pool, own_folder, variables_set
from .rendering import Job, Outcome, words

INSTALL = 'python -m pip install "distributed>=2025.1"'

Results = Generator[tuple[Job, Outcome | Exception], None, None]
Each = Callable[..., Results]

_CONNECTING = 10.0  # seconds
_IDLE = 60.0  # seconds after which nobody is taken to want more
_WAITING = 4  # jobs a thread that are with the scheduler, so that millions need not be


@dataclass(frozen=True, slots=True)
class Order:
    """What all jobs of a batch share.

    The tables by name, what is loaded beforehand, the formats, the description that whoever
    makes the reports must give of itself, and whether notebooks run in ordinary kernels.
    """

    batch: str
    tables: Mapping[str, bytes]
    words: tuple[str, ...]
    formats: tuple[str, ...]
    expected: Mapping[str, str]
    kernel: bool = False


class ClusterError(OSError):
    """There is no cluster, or none that makes the reports that this process would make."""

    def __init__(self, text: str) -> None:
        super().__init__(None, text)

    def __str__(self) -> str:
        return str(self.strerror)


@contextmanager
def on_cluster(
    address: str | None, *, formats: Sequence[str], kernel: bool = False
) -> Iterator[Each]:
    """What runs jobs on the cluster whose scheduler is at an address, to be given as ``each``.

    Without an address, ``each`` starts a cluster of this machine's processors, which ends with it.
    Raises ClusterError when Dask is not installed, the scheduler does not answer, it has no
    workers, or these differ in what makes a report of these ``formats``: the code, its template,
    Python, or a package that computes or draws.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            _("--executor dask needs a package that is not installed: {command}", command=INSTALL)
        ) from None
    for name in ("distributed", "distributed.client"):  # the command says what matters
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address is None:
        yield lambda *given, workers: _each_locally(*given, workers=workers, kernel=kernel)
        return
    _ask_for_scheduler(address)
    with closing(distributed.Client(address, set_as_default=False)) as client:
        _compare(client, address, tuple(formats))
        yield lambda function, items, *, workers: _each(client, function, items, kernel)


def _ask_for_scheduler(address: str) -> None:
    """Raise ClusterError unless a scheduler answers at an address.

    A Client that finds none takes long to give up, and says so in many lines.
    """
    try:
        answering = asyncio.run(asyncio.wait_for(_type_at(address), 1.2 * _CONNECTING))
    except TimeoutError:
        problem = _("no answer within {seconds} s", seconds=f"{_CONNECTING:g}")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        problem = str(error)
    except Exception:  # what answers speaks something else, and whatever it says is taken for Dask
        problem = _("what answers is something else")
    else:
        if answering == "Scheduler":
            return
        problem = _("what answers is a {kind}", kind=answering)
    raise ClusterError(
        _("{address}: no Dask scheduler answers there: {error}", address=address, error=problem)
    )


async def _type_at(address: str) -> str:
    """What answers at an address, as Dask names it: Scheduler, Worker, Nanny."""
    from distributed.comm.core import connect
    from distributed.core import send_recv
    from distributed.security import Security

    options = Security().get_connection_args("client")
    comm = await connect(address, timeout=_CONNECTING, **options)
    try:
        return str((await send_recv(comm, op="identity"))["type"])
    finally:
        comm.abort()


def _compare(client: Any, address: str, formats: tuple[str, ...]) -> None:
    """Raise ClusterError unless every worker would make the reports that this process would."""
    with suppress(TimeoutError, asyncio.TimeoutError):
        client.wait_for_workers(1, timeout=_CONNECTING)
    described: dict[str, Any] = client.run(_described, formats, on_error="return")
    if not described:
        raise ClusterError(_("{address}: the scheduler has no workers", address=address))
    expected = freshness.Environment().described(formats)
    found = {}
    for worker, description in described.items():
        if not isinstance(description, dict):  # the package is not there, or another one
            found[worker] = _("it cannot make reports: {error}", error=description)
        else:
            found[worker] = unlike(expected, description)
    wrong = {worker: text for worker, text in found.items() if text}
    if wrong:
        worker, text = next(iter(wrong.items()))
        raise ClusterError(
            _(
                "{wrong} of {all} workers would make other reports, until they have what is "
                "installed here; {worker}: {text}",
                wrong=len(wrong),
                all=len(found),
                worker=worker,
                text=text,
            )  # fmt: skip
        )


async def _described(formats: tuple[str, ...]) -> dict[str, str]:
    """On a worker: what it makes reports with."""
    return await asyncio.to_thread(lambda: freshness.Environment().described(formats))


def _each_locally(
    function: Callable[[Job], Outcome], items: Sequence[Job], *, workers: int, kernel: bool
) -> Results:
    """Run jobs on a cluster of processes on this machine, which is not there before or after."""
    if not items:
        return
    with ExitStack() as stack:
        client = stack.enter_context(_local_client(max(1, min(workers, len(items)))))
        yield from stack.enter_context(closing(_each(client, function, items, kernel)))


@contextmanager
def _local_client(number: int) -> Iterator[Any]:
    import distributed
    from distributed import Client, LocalCluster

    # They inherit an ignored Ctrl-C: their parent ends them.
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    with own_folder() as folder, ExitStack() as whole:
        stack = whole.enter_context(ExitStack())
        if main:
            stack.callback(signal.signal, signal.SIGINT, before)
        settings = {"PYTHONDONTWRITEBYTECODE": None, "PYTHONSAFEPATH": "1", "TMPDIR": str(folder)}
        stack.enter_context(variables_set(settings))
        whole.enter_context(distributed.dask.config.set({"temporary-directory": str(folder)}))
        cluster = LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port, for this machine alone
            worker_dashboard_address="127.0.0.1:0",
            local_directory=str(folder),
            silence_logs=logging.CRITICAL,
        )
        whole.enter_context(closing(cluster))
        stack.close()
        yield whole.enter_context(closing(Client(cluster, set_as_default=False)))


def _each(
    client: Any, function: Callable[[Job], Outcome], items: Sequence[Job], kernel: bool
) -> Results:
    """Run jobs on a cluster; leaving early ends what was started there."""
    from distributed import as_completed

    batch = uuid.uuid4().hex[:12]
    orders = {
        data: _ordered(client, batch, data, items, kernel) for data in {job.data for job in items}
    }
    waiting = enumerate(items)
    running: dict[Any, Job] = {}
    done = as_completed(loop=client.loop)

    def submit_more() -> None:
        room = _WAITING * max(4, sum(client.nthreads().values())) - len(running)
        for number, job in islice(waiting, max(0, room)):
            key = f"homicide-trends-{batch}-{number}"
            future = client.submit(perform, function, job, orders[job.data], key=key)
            running[future] = job
            done.add(future)

    try:
        submit_more()
        for future in done:
            result = _result(future)
            yield running.pop(future), result
            future.release()
            submit_more()
    finally:
        with suppress(Exception):
            client.cancel([*running, *orders.values()], force=True)
        with suppress(Exception):
            client.run(_end_batch, batch, on_error="ignore")


def _ordered(client: Any, batch: str, data: str | None, items: Sequence[Job], kernel: bool) -> Any:
    """The order of jobs with one folder of tables, as a result that Dask can make again."""
    folder = data_folder(data)
    tables = {
        path.name: path.read_bytes()
        for path in sorted(Path(folder).iterdir())
        if path.suffix in {".csv", ".json"}
    }
    formats = tuple(dict.fromkeys(each for job in items for each in job.formats))
    order = Order(
        batch=batch,
        tables=tables,
        words=tuple(words(items)),
        formats=formats,
        expected=freshness.Environment().described(formats),
        kernel=kernel,
    )
    return client.submit(_same, order, key=f"homicide-trends-tables-{uuid.uuid4().hex[:12]}")


def _same(order: Order) -> Order:
    return order


def _result(future: Any) -> Outcome | Exception:
    """A job's outcome, or what went wrong with it alone; ClusterError when it is not alone."""
    from distributed import CancelledError, KilledWorker

    try:
        outcome: Outcome = future.result()
        return outcome
    except Unlike as error:
        raise ClusterError(
            _("a worker that joined would make other reports: {text}", text=error)
        ) from None
    except (CancelledError, asyncio.CancelledError, TimeoutError):
        raise ClusterError(_("the cluster has given the reports up, or is gone")) from None
    except KilledWorker as error:
        return RuntimeError(_("its workers died, one after the other: {error}", error=error))
    except Exception as error:
        return error


class Unlike(RuntimeError):
    """Reports would be made with something else than the command has."""


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


class Batch:
    """On a worker: the pool that makes the reports of a batch, and ends when it is idle."""

    def __init__(self, order: Order) -> None:
        self._pool = Pool(order.words, kernel=order.kernel).__enter__()
        self._timer: threading.Timer | None = None
        self._busy = 0
        self._lock = threading.Lock()
        atexit.register(self.end)
        self._tables = self._pool.folder / "tables"
        self._tables.mkdir()
        for name, content in order.tables.items():
            (self._tables / Path(name).name).write_bytes(content)
        found = self._pool.result(_description, order.formats, wanted=lambda: True)
        if problem := unlike(order.expected, found):
            self.end()
            raise Unlike(problem)

    def result(
        self, function: Callable[[Job], Outcome], job: Job, wanted: Callable[[], bool]
    ) -> Outcome:
        """What a function makes of a job."""
        with self._lock:
            self._busy += 1
            if self._timer:
                self._timer.cancel()
        try:
            here = replace(job, data=str(self._tables))
            return self._pool.result(function, here, wanted=wanted)
        finally:
            with self._lock:
                self._busy -= 1
                if not self._busy:
                    self._timer = threading.Timer(_IDLE, self.end)
                    self._timer.daemon = True
                    self._timer.start()

    def end(self) -> None:
        """End all that was started."""
        for name, batch in [*_batches.items()]:
            if batch is self:
                _batches.pop(name, None)
        atexit.unregister(self.end)
        self._pool.end()


_batches: dict[str, Batch] = {}
_beginning = threading.Lock()


def perform(function: Callable[[Job], Outcome], job: Job, order: Order) -> Outcome:
    """On a worker: have a job done by the batch's pool."""
    wanted = _still_wanted()
    for _attempt in range(2):
        with _beginning:
            batch = _batches.get(order.batch)
            if batch is None:
                batch = _batches[order.batch] = Batch(order)
        with suppress(Gone):
            return batch.result(function, job, wanted)
        # Of a command that has ended: another pool would start in a folder that is going.
        if not wanted():
            break
    raise RuntimeError(_("its process died, twice"))


def _description(formats: tuple[str, ...]) -> dict[str, str]:
    return freshness.Environment().described(formats)


def _still_wanted() -> Callable[[], bool]:
    """Whether the task of this thread is still somebody's: Dask itself does not interrupt it."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state in {"executing", "long-running"}

    return wanted


async def _end_batch(batch: str) -> None:
    """On a worker: end a batch."""
    if batch in _batches:
        await asyncio.to_thread(_batches[batch].end)
