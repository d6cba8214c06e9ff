"""Many machines: the tasks of one market go together to a worker of a dask.distributed cluster, and come back as bytes or entries."""
from __future__ import annotations

import contextlib
import hashlib
import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from dossier import __version__, assemble, output
from dossier.assemble import Workspace
from dossier.errors import DossierError, ExitCode, Problem
from dossier.making import Made, Maker, Setting
from dossier.output import File
from dossier.plan import Task
from dossier.remote import Address
from dossier.workers import Outcome

LOCAL = "local"
SECONDS_TO_REACH = 15
# A cluster may start its workers when work comes; one that has none by then is told.
SECONDS_FOR_A_WORKER = 60

# One maker for each setting in a worker process: data are read once, whatever number of markets it is given.
_makers: dict[str, Maker] = {}

Answer = tuple[str, Any]


def outcomes(tasks: Sequence[Task], setting: Setting, scheduler: str, jobs: int, workspace: Workspace) -> Iterator[Outcome[Task, tuple[Made, ...]]]:
    """The outcome of every task, market by market as they come back.

    `scheduler` is an address (tcp://host:port) or "local", which starts `jobs` workers here. A worker that is lost loses
    nothing: the scheduler gives its market to another. Raises DossierError where the scheduler is not reached, or a worker
    has another version of dossier or of its templates, which would give other bytes.
    """
    formats = sorted({extension for task in tasks for extension in task.formats})
    marks = _marks(workspace, formats)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_client(scheduler, jobs))
        packed = pickle.dumps(setting)
        bundles = _bundles(tasks)
        futures = {client.submit(_bundle, packed, marks, formats, bundle, pure=False): bundle for bundle in bundles}
        for future, answers in _completed(futures):
            for task, (kind, value) in zip(futures[future], answers, strict=True):
                yield Outcome(task, result=value) if kind == "done" else Outcome(task, problems=value) if kind == "problems" else Outcome(task, reason=value)


def _bundles(tasks: Sequence[Task]) -> list[tuple[Task, ...]]:
    """The tasks by product and market, those that take longest first."""
    found: dict[tuple[str, str], list[Task]] = {}
    for task in tasks:
        found.setdefault((task.product, task.market), []).append(task)
    return sorted(map(tuple, found.values()), key=lambda bundle: (-sum(task.seconds for task in bundle), bundle[0].product, bundle[0].market))


def _completed(futures: dict[Any, tuple[Task, ...]]) -> Iterator[tuple[Any, list[Answer]]]:
    """Each bundle's answers as they come; a bundle that the cluster gave up answers with the reason for each of its tasks."""
    from distributed import as_completed

    for future in as_completed(list(futures)):
        if future.status == "finished":
            yield future, future.result()
        elif isinstance(error := future.exception(), DossierError):
            raise error
        else:
            yield future, [("reason", f"the cluster gave it up: {type(error).__name__}: {error}")] * len(futures[future])
        future.release()


def _bundle(packed: bytes, marks: tuple[str, str], formats: Sequence[str], tasks: Sequence[Task]) -> list[Answer]:
    """What a worker does: all tasks of one product in one market. Faults of the user's files are answers, not exceptions."""
    key = hashlib.sha256(packed).hexdigest()
    if key not in _makers:
        _makers.clear()
        _makers[key] = Maker(pickle.loads(packed))
    maker = _makers[key]
    if (own := _marks(maker.workspace, formats)) != marks:
        what = "other templates or data" if own[0] == marks[0] else f"other versions ({own[0]} there, {marks[0]} here)"
        raise DossierError(Problem("--scheduler", 0, 0, f"a worker has dossier {__version__} with {what} than this machine.", "Install the same versions on every worker, and put the folders of --home where the workers see them under the same path."))
    return [_answer(maker, task) for task in tasks]


def _answer(maker: Maker, task: Task) -> Answer:
    try:
        made = maker.make(task)
    except DossierError as error:
        return "problems", tuple(error.problems)
    except Exception as error:  # told as a fault of ours, with the task that met it
        return "reason", f"internal error: {type(error).__name__}: {error}"
    return "done", tuple(_delivered(each, maker.setting.target) for each in made)


def _delivered(made: Made, target: str) -> Made:
    """A file for an address is written from here, so that its bytes do not go through the scheduler."""
    if not target or made.content is None:
        return made
    file = File(made.path, made.content, made.about)
    Address(target, fresh=True).put(file)
    return Made(made.path, None, made.about, output.entry(file))


def _marks(workspace: Workspace, formats: Sequence[str]) -> tuple[str, str]:
    """What has to be the same everywhere for the same bytes: the versions of the tools of these formats, and the data."""
    tools = sorted({f"{name} {version}" for extension in formats for name, version in assemble.tools(extension).items()})
    return ", ".join(tools), output.sha256(f"{workspace.templates_sha256} {workspace.jurisdictions_sha256}".encode())


def _awaited(client: Any, scheduler: str) -> None:
    """Waits for the first worker: without any the work would wait for ever, and nothing would be said."""
    from distributed import TimeoutError as Late

    try:
        client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
    except Late:
        raise DossierError(Problem("--scheduler", 0, 0, f"{scheduler} has no worker, and none came within {SECONDS_FOR_A_WORKER} seconds.", f"Start some: dask worker {scheduler}")) from None


@contextlib.contextmanager
def _client(scheduler: str, jobs: int) -> Iterator[Any]:
    try:
        import distributed
    except ImportError:
        raise DossierError(Problem("--scheduler", 0, 0, "a cluster needs the package distributed.", "Install it: pip install 'dossier[cluster]'"), code=ExitCode.MISSING_TOOL) from None
    with contextlib.ExitStack() as stack:
        try:
            if scheduler == LOCAL:
                cluster = stack.enter_context(distributed.LocalCluster(n_workers=max(jobs, 1), threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50))
                client = stack.enter_context(distributed.Client(cluster))
            else:
                client = stack.enter_context(distributed.Client(scheduler, timeout=SECONDS_TO_REACH))
                _awaited(client, scheduler)
        except (OSError, ValueError) as error:
            raise DossierError(Problem("--scheduler", 0, 0, f"{scheduler} is not reached: {error}.", "Start it with: dask scheduler, and workers with: dask worker tcp://host:8786")) from None
        yield client
