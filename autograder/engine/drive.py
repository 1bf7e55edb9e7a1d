"""One submission, step by step: each step is asked of the student's process, and a fatal one costs only itself."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

from autograder.engine import readback
from autograder.engine.process import ChannelError, Garbled, GraderFault, Late, Process
from autograder.engine.supervisor import OUT_OF_MEMORY, End
from autograder.engine.work import CRASHED, FAILED, OK, SKIPPED, TIMEOUT, Limits, Outcome, ProbeStep, RunStep, StepResult, Work

Start = Callable[[str, Limits], Process]
MAX_RESTARTS = 8


class _Fatal(Exception):
    """A step has cost the process its life."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Drive:
    """The run of one submission. `start` gives a fresh process for a track and limits; it may raise GraderFault."""

    def __init__(self, work: Work, start: Start) -> None:
        self.work, self.start = work, start
        self.process: Process | None = None
        self.results: list[StepResult] = []
        self.fatal: set[int] = set()
        # Only the student's time counts: starting a process is the grader's affair.
        self.used = 0.0
        self.cancelled = False

    def run(self) -> Outcome:
        """Run all steps. Whatever happens, no process is left."""
        began = time.monotonic()
        fault = ""
        try:
            for number in range(len(self.work.steps)):
                self.results.append(self.result(number))
        except GraderFault as error:
            fault = str(error)
            rest = self.work.steps[len(self.results) :]
            reason = "The grader failed before this cell was run."
            self.results += [StepResult(step.cell_id, SKIPPED, reason=reason) for step in rest]
        finally:
            self.stop()
        return Outcome(self.work.submission, self.results, fault, time.monotonic() - began)

    def cancel(self) -> None:
        """From another thread: kill the process, and start no other."""
        self.cancelled = True
        process = self.process
        if process is not None:
            process.kill()

    def result(self, number: int) -> StepResult:
        """Run one step, in a fresh process that replays the earlier cells when the last process has died."""
        step, limits = self.work.steps[number], self.work.limits
        if self.process is None:
            reason = self._revive(number)
            if reason:
                return StepResult(step.cell_id, SKIPPED, reason=reason)
        before = self.used
        try:
            answer = self._ask(number)
            result = self._read(step, answer)
        except _Fatal as error:
            self.fatal.add(number)
            self.stop()
            result = StepResult(step.cell_id, error.status, reason=error.reason)
        except (readback.Unreadable, TypeError, ValueError):
            self.fatal.add(number)
            self.stop()
            result = StepResult(step.cell_id, FAILED, reason=TAMPERED)
        result.seconds = self.used - before
        if self.used >= limits.total_seconds and self.process is not None:
            self.stop()
        return result

    def stop(self) -> End | None:
        """Kill the process, if there is one."""
        process, self.process = self.process, None
        return process.stop() if process else None

    def _revive(self, number: int) -> str:
        """Start a process and bring it to where step `number` begins. Returns why it cannot be done, if so."""
        while True:
            if self.used >= self.work.limits.total_seconds:
                return f"Not run: the notebook as a whole had used its {_seconds(self.work.limits.total_seconds)}."
            if len(self.fatal) > MAX_RESTARTS:
                return f"Not run: {len(self.fatal)} cells before this one had stopped the process."
            self.process = self.start(self.work.track, self.work.limits)
            self._check_cancelled()
            try:
                for earlier in range(number):
                    if earlier not in self.fatal and isinstance(self.work.steps[earlier], RunStep):
                        self._ask(earlier, earlier)
                return ""
            except _Fatal:
                self.fatal.add(earlier)
                self.stop()

    def _ask(self, number: int, earlier: int | None = None) -> dict[str, Any]:
        """Ask one step of the process. Raises _Fatal when the process cannot be used any more."""
        self._check_cancelled()
        limits, process = self.work.limits, self.process
        assert process is not None
        began = time.monotonic()
        allowed = min(limits.step_seconds, limits.total_seconds - self.used)
        try:
            return process.ask(request(number, self.work.steps[number]), began + allowed)
        except Late:
            whole = allowed < limits.step_seconds
            raise _Fatal(TIMEOUT, _late(limits.total_seconds if whole else limits.step_seconds, whole)) from None
        except Garbled:
            raise _Fatal(CRASHED, TAMPERED) from None
        except ChannelError:
            self._check_cancelled()
            raise _Fatal(CRASHED, died(process.stop(), limits)) from None
        finally:
            self.used += time.monotonic() - began

    def _check_cancelled(self) -> None:
        if self.cancelled:
            raise GraderFault("the run was stopped")

    def _read(self, step: RunStep | ProbeStep, answer: dict[str, Any]) -> StepResult:
        if isinstance(step, ProbeStep):
            return StepResult(step.cell_id, OK, observations=readback.observations(answer.get("observations"), len(step.cases)))
        shown = readback.outputs(answer.get("outputs"), self.work.limits)
        error = readback.error(answer.get("error"))
        return StepResult(step.cell_id, FAILED if error else OK, outputs=shown, reason=error)


def request(number: int, step: RunStep | ProbeStep) -> dict[str, Any]:
    """A step as it is asked of a child."""
    if isinstance(step, RunStep):
        return {"do": "run", "step": number, "source": step.source}
    return {"do": "probe", "step": number, "name": step.name, "probe": step.probe, "options": step.options, "cases": step.cases}


TAMPERED = "It interfered with the grader's private channel, so its process was stopped."

_SIGNALS = {
    signal.SIGSEGV: "a segmentation fault: native code touched memory that is not its own",
    signal.SIGBUS: "a bus error: native code touched memory that is not there",
    signal.SIGABRT: "an abort in native code",
    signal.SIGFPE: "an arithmetic error in native code",
    signal.SIGXCPU: "too much processor time",
    signal.SIGKILL: "it was killed, perhaps by itself or because memory ran out",
    signal.SIGSYS: "it asked the system for something that is forbidden here",
}


def died(end: End, limits: Limits) -> str:
    """Why a process is gone, in plain words. Raises GraderFault when it is not the student's doing."""
    if end.how == "memory":
        return f"It used more than {limits.memory_bytes / (1 << 30):.3g} GiB of memory and was stopped."
    if end.how == "processes":
        return f"It started more than {limits.processes} processes and was stopped."
    if end.how == "exit" and end.code == OUT_OF_MEMORY:
        return "It left no memory for the notebook to go on, so its process was ended."
    if end.how == "exit":
        return f"It ended the Python process here (exit status {end.code}), so nothing after it in this process could run."
    if end.how == "signal":
        return f"The Python process crashed here: {_SIGNALS.get(end.code, f'signal {end.code}')}."
    if end.how == "leash":
        return "It closed the grader's private channel, so its process was stopped."
    raise GraderFault(end.text or end.how)


def _late(limit: float, whole: bool) -> str:
    if whole:
        return f"The notebook as a whole ran longer than {_seconds(limit)} and was stopped here."
    return f"It ran longer than {_seconds(limit)} and was stopped. Perhaps a loop that never ends."


def _seconds(value: float) -> str:
    return f"{value:g} second{'' if value == 1 else 's'}"
