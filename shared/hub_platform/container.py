"""nameko's container, made to survive what its dependencies and threads do.

nameko ends the whole process when a dependency's hook raises, and the caller of that worker waits for
ever. Here only that worker fails, and every worker's result reaches its caller: its
answer, its error, or that it was killed.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from types import TracebackType

import structlog
from eventlet.greenthread import GreenThread
from eventlet.support.greenlets import GreenletExit
from nameko.containers import ContainerBeingKilled, ServiceContainer, WorkerContext
from nameko.extensions import Entrypoint, Extension

log = structlog.get_logger(__name__)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]  # as of sys.exc_info()
HandleResult = Callable[[object, object, ExcInfo | None], object]


class HubContainer(ServiceContainer):  # type: ignore[misc]  # nameko ships no types
    """Hosts one service class."""

    on_death: Callable[[], None] = staticmethod(lambda: None)  # called when the container ends by itself

    def stop(self) -> None:
        """Call the functions that extensions have put into config["on_stop"], then stop in nameko's order."""
        for on_stop in self.config.get("on_stop", ()):
            on_stop()
        super().stop()

    @property
    def in_hand(self) -> list[str]:
        """The methods of the running workers, one entry for each worker."""
        return sorted(context.entrypoint.method_name for context in list(self._worker_threads))

    def spawn_worker(
        self,
        entrypoint: Entrypoint,
        args: Sequence[object],
        kwargs: Mapping[str, object],
        context_data: Mapping[str, object] | None = None,
        handle_result: HandleResult | None = None,
    ) -> WorkerContext:
        """Run the entrypoint's method; `handle_result` is called once, whatever happens.

        Unlike in nameko the dependencies' hooks come before it, so that one that raises, say on commit, still
        makes the worker fail. The price: the hooks do not see what `handle_result` makes of a result.

        Raises:
            ContainerBeingKilled: the process is about to end.
        """
        if self._being_killed:
            raise ContainerBeingKilled
        context = WorkerContext(self, self.service_cls(), entrypoint, args, kwargs, data=context_data)
        answer = _Once(context, handle_result)
        thread = self._worker_pool.spawn(self._run_worker, context, answer)
        # A greenlet begins without its maker's context: whose work this is, for log lines and spans.
        thread.gr_context = copy_context()
        self._worker_threads[context] = thread
        thread.link(self._handle_worker_thread_exited, context, answer)
        return context

    def kill_worker(self, context: WorkerContext) -> None:
        """End a worker whose caller has stopped waiting; its connection to the database is closed."""
        thread = self._worker_threads.get(context)
        if thread is not None:
            thread.kill()

    def _run_worker(self, context: WorkerContext, answer: "_Once") -> None:
        result: object = None
        exc_info: ExcInfo | None = None
        set_up: list[Extension] = []
        try:
            self._inject_dependencies(context)
            for provider in self.dependencies:
                provider.worker_setup(context)
                set_up.append(provider)
            method = getattr(context.service, context.entrypoint.method_name)
            result = method(*context.args, **context.kwargs)
        except Exception as exc:  # noqa: BLE001 - it is passed to the caller
            exc_info = _exc_info(exc)
        for hook in ("worker_result", "worker_teardown"):
            for provider in set_up:
                given = (result, exc_info) if hook == "worker_result" else ()
                try:
                    getattr(provider, hook)(context, *given)
                except Exception as exc:  # noqa: BLE001 - one dependency must not cost another its turn
                    log.error(
                        "dependency_failed", name=provider.attr_name, hook=hook, error=type(exc).__name__
                    )
                    result, exc_info = None, exc_info or _exc_info(exc)
        answer(result, exc_info)

    def _handle_worker_thread_exited(
        self, thread: GreenThread, context: WorkerContext, answer: "_Once"
    ) -> None:
        self._worker_threads.pop(context, None)
        exc_info = _outcome(thread)
        if exc_info is not None and exc_info[0] is not GreenletExit:
            log.error("worker_failed", method=context.entrypoint.method_name, error=exc_info[0].__name__)
        answer(None, exc_info)

    def _handle_managed_thread_exited(self, thread: GreenThread, identifier: str) -> None:
        """A thread that an extension lives by has died: so must the process, for its supervisor to see."""
        self._managed_threads.pop(thread, None)
        exc_info = _outcome(thread)
        if exc_info is not None and exc_info[0] is not GreenletExit:
            log.critical("thread_failed", thread=identifier, error=exc_info[0].__name__, exc_info=exc_info)
            self.on_death()
            self.kill(exc_info)


class _Once:
    """Hands a worker's result over, the first time that it is called."""

    def __init__(self, context: object, handle_result: HandleResult | None) -> None:
        self._context = context
        self._handle_result = handle_result

    def __call__(self, result: object, exc_info: ExcInfo | None) -> None:
        handle_result, self._handle_result = self._handle_result, None
        if handle_result is not None:
            handle_result(self._context, result, exc_info)


def _outcome(thread: GreenThread) -> ExcInfo | None:
    """Return the exception that ended a thread, if there was one."""
    try:
        thread.wait()
    except BaseException as exc:  # noqa: BLE001 - GreenletExit among them
        return _exc_info(exc)
    return None


def _exc_info(exc: BaseException) -> ExcInfo:
    return type(exc), exc, exc.__traceback__
