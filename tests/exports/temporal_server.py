"""What a Temporal server does for one workflow, in virtual time: the SDK's own workflow instance is activated with
timers that fire, activities that end (with the retries that were asked for) and signals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payloads
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.common import Priority, TypedSearchAttributes
from temporalio.converter import DefaultFailureConverter, DefaultPayloadConverter
from temporalio.exceptions import ApplicationError
from temporalio.worker._workflow_instance import (  # pyright: ignore[reportPrivateUsage]
    UnsandboxedWorkflowRunner,
    WorkflowInstanceDetails,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
THREAD = ThreadPoolExecutor(1)
"""A workflow has an event loop of its own, so it runs in a thread of its own."""
CONVERTER = DefaultPayloadConverter()

logging.getLogger("temporalio.workflow").setLevel(logging.ERROR)  # it warns of signals without a history
Activity = Callable[[str, list[Any]], Awaitable[Any]]


class Server:
    """One run: `scheduled` are the commands for activities as they came."""

    def __init__(self, cls: type, activity: Activity, *, sandbox: bool = False) -> None:
        definition = workflow._Definition.must_from_class(cls)  # pyright: ignore
        info = workflow.Info(
            attempt=1, continued_run_id=None, cron_schedule=None, execution_timeout=None, first_execution_run_id="r",
            headers={}, namespace="n", original_execution_run_id="r", parent=None, root=None, priority=Priority(),
            raw_memo={}, retry_policy=None, run_id="r", run_timeout=None, search_attributes={}, start_time=BEGIN,
            task_queue="q", task_timeout=timedelta(seconds=10), typed_search_attributes=TypedSearchAttributes([]),
            workflow_id="run", workflow_start_time=BEGIN, workflow_type=str(definition.name),
        )  # fmt: skip
        runner = SandboxedWorkflowRunner() if sandbox else UnsandboxedWorkflowRunner()
        self.name = str(definition.name)
        self.instance = runner.create_instance(
            WorkflowInstanceDetails(
                payload_converter_factory=DefaultPayloadConverter,
                failure_converter_class=DefaultFailureConverter,
                interceptor_classes=[],
                defn=definition,
                info=info,
                randomness_seed=1,
                extern_functions={},
                disable_eager_activity_execution=True,
                worker_level_failure_exception_types=[],
                patch_activation_callback=None,
                last_completion_result=Payloads(),
                last_failure=None,
            )
        )
        self.activity, self.scheduled = activity, list[Any]()
        self.arrived: list[Callable[[Any], None]] = []
        self.stirred = asyncio.Event()
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.history: list[tuple[bytes, list[bytes]]] = []
        """Every activation with the commands that answered it."""

    def signal(self, name: str, *given: Any) -> None:
        def fill(job: Any) -> None:
            job.signal_workflow.signal_name = name
            job.signal_workflow.input.extend(CONVERTER.to_payloads(given))

        self.arrive(fill)

    def query(self, name: str) -> Any:
        """What the workflow answers to a query."""
        activation = WorkflowActivation(run_id="r")
        job = activation.jobs.add()
        job.query_workflow.query_id, job.query_workflow.query_type = "q", name
        (command,) = THREAD.submit(self.instance.activate, activation).result(20).successful.commands
        return CONVERTER.from_payloads([command.respond_to_query.succeeded.response], None)[0]

    def replay(self, history: list[tuple[bytes, list[bytes]]]) -> bool:
        """Whether a workflow that begins anew in another process asks for what it asked for before."""
        for activation, commands in history:
            again = WorkflowActivation.FromString(activation)
            again.is_replaying = True
            completion = THREAD.submit(self.instance.activate, again).result(20)
            if [c.SerializeToString(deterministic=True) for c in completion.successful.commands] != commands:
                return False
        return True

    def arrive(self, fill: Callable[[Any], None]) -> None:
        self.arrived.append(fill)
        self.stirred.set()

    async def run(self, data: Any) -> Any:
        def begin(job: Any) -> None:
            job.initialize_workflow.workflow_type, job.initialize_workflow.workflow_id = self.name, "run"
            job.initialize_workflow.arguments.extend(CONVERTER.to_payloads([data]))

        self.arrive(begin)
        while True:
            await self.stirred.wait()
            self.stirred.clear()
            activation = WorkflowActivation(run_id="r")
            activation.timestamp.FromDatetime(BEGIN + timedelta(seconds=asyncio.get_running_loop().time()))
            for fill in self.arrived:
                fill(activation.jobs.add())
            self.arrived = []
            completion = THREAD.submit(self.instance.activate, activation).result(20)
            assert completion.HasField("successful"), completion.failed.failure
            commands = [c.SerializeToString(deterministic=True) for c in completion.successful.commands]
            self.history.append((activation.SerializeToString(), commands))
            for command in completion.successful.commands:
                kind = command.WhichOneof("variant")
                if kind == "start_timer":
                    given = command.start_timer
                    self.tasks[-given.seq] = asyncio.ensure_future(self.timer(given))
                elif kind == "schedule_activity":
                    self.scheduled.append(command.schedule_activity)
                    given = command.schedule_activity
                    self.tasks[given.seq] = asyncio.ensure_future(self.perform(given))
                elif kind == "cancel_timer":
                    self.tasks[-command.cancel_timer.seq].cancel()
                elif kind == "request_cancel_activity":
                    self.cancel(command.request_cancel_activity.seq)
                elif kind == "complete_workflow_execution":
                    for task in self.tasks.values():
                        task.cancel()
                    return CONVERTER.from_payloads([command.complete_workflow_execution.result], None)[0]
                else:
                    raise AssertionError(command)

    async def timer(self, given: Any) -> None:
        await asyncio.sleep(given.start_to_fire_timeout.ToTimedelta().total_seconds())
        self.arrive(lambda job: setattr(job.fire_timer, "seq", given.seq))

    def cancel(self, seq: int) -> None:
        self.tasks[seq].cancel()

        def fill(job: Any) -> None:
            job.resolve_activity.seq = seq
            failure = job.resolve_activity.result.cancelled.failure
            failure.activity_failure_info.activity_id = str(seq)
            failure.cause.canceled_failure_info.SetInParent()

        self.arrive(fill)

    async def perform(self, given: Any) -> None:
        """Attempts, as the retry policy of the activity says."""
        policy, arguments = given.retry_policy, CONVERTER.from_payloads(given.arguments, None)
        pause = policy.initial_interval.ToTimedelta().total_seconds()
        attempt = 0
        while True:
            attempt += 1
            try:
                async with asyncio.timeout(given.start_to_close_timeout.ToTimedelta().total_seconds()):
                    result = await self.activity(given.activity_type, list(arguments))
            except (ApplicationError, TimeoutError) as error:
                type_ = error.type if isinstance(error, ApplicationError) else ""
                over = policy.maximum_attempts and attempt >= policy.maximum_attempts
                if not over and type_ not in policy.non_retryable_error_types:
                    await asyncio.sleep(pause)
                    pause *= policy.backoff_coefficient
                    continue
                self.arrive(lambda job, error=error: self.failed(job, given, error))
                return

            def fill(job: Any) -> None:
                job.resolve_activity.seq = given.seq
                job.resolve_activity.result.completed.result.CopyFrom(CONVERTER.to_payloads([result])[0])

            self.arrive(fill)
            return

    @staticmethod
    def failed(job: Any, given: Any, error: Exception) -> None:
        job.resolve_activity.seq = given.seq
        failure = job.resolve_activity.result.failed.failure
        failure.activity_failure_info.activity_id = str(given.seq)
        if isinstance(error, ApplicationError):
            failure.cause.message = error.message
            failure.cause.application_failure_info.type = error.type or ""
        else:
            failure.cause.timeout_failure_info.timeout_type = 1
