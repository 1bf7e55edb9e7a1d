"""One submission, step by step: each step is asked of the student's process, and a fatal one costs only itself.

All cells are run first, in the notebook's order; where a probe stands the process marks which name stands for what. Then the
probes follow, each with the names of its own place. So no cell runs after the student's code has seen a hidden case's
inputs, and nothing that a cell shows can hold them.
"""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from autograder.engine import readback
from autograder.engine.process import ChannelError, Garbled, GraderFault, Late, Process
from autograder.engine.supervisor import OUT_OF_MEMORY, End
from autograder.engine.work import CRASHED, FAILED, OK, SKIPPED, TIMEOUT, Limits, Outcome, ProbeStep, RunStep, StepResult, Work

Start = Callable[[str, Limits], Process]
MAX_RESTARTS = 8
SETUP_SECONDS = 180.0
CELLS, PROBES = "cells", "checks"


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
        self.results: dict[int, StepResult] = {}
        self.fatal: set[int] = set()
        """Steps that have cost a process its life: not run again."""
        self.deaths = 0
        self.probes = [n for n, step in enumerate(work.steps) if isinstance(step, ProbeStep)]
        self.reached = len(work.steps)
        """The first step that was not reached: the cells before had used up all time, or too many processes."""
        self.phase = CELLS
        # Only the student's time counts: starting a process is the grader's affair. The probes have time and restarts of their
        # own, so that a cell which uses up all of them takes nothing from the exercises before it.
        self.used = 0.0
        self.cancelled = False

    def run(self) -> Outcome:
        """Run all steps. Whatever happens, no process is left."""
        began = time.monotonic()
        fault = ""
        try:
            for number in range(len(self.work.steps)):
                self.pass_by(number)
            self.phase, self.used, self.deaths = PROBES, 0.0, 0
            for number in self.probes:
                if number not in self.results:
                    self.results[number] = self.result(number)
        except GraderFault as error:
            fault = str(error)
        finally:
            self.leave()
        reason = "The grader failed before this cell was run."
        missing = [StepResult(step.cell_id, SKIPPED, reason=reason) for step in self.work.steps]
        results = [self.results.get(number, instead) for number, instead in enumerate(missing)]
        return Outcome(self.work.submission, results, fault, time.monotonic() - began)

    def pass_by(self, number: int) -> None:
        """Run a cell, or mark the place of a probe; what cannot be reached has its result already."""
        step = self.work.steps[number]
        if isinstance(step, RunStep):
            self.results[number] = self.result(number)
            if self.results[number].status == SKIPPED:
                self.reached = min(self.reached, number)
        elif self.reached < number:
            self.results[number] = StepResult(step.cell_id, SKIPPED, reason=self.results[self.reached].reason)
        elif self.process is not None:
            try:
                self._mark(number)
            except _Fatal:
                self._died(number)

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
            self._died(number)
            result = StepResult(step.cell_id, error.status, reason=error.reason)
        except (readback.Unreadable, TypeError, ValueError):
            self._died(number)
            result = StepResult(step.cell_id, FAILED, reason=TAMPERED)
        result.seconds = self.used - before
        if self.used >= limits.total_seconds and self.process is not None:
            self.stop()
        return result

    def leave(self) -> None:
        """End the process, without waiting for it where it has done all its work without an incident."""
        process = self.process
        if process is not None and not self.fatal and not self.cancelled:
            self.process = None
            process.dismiss()
        else:
            self.stop()

    def stop(self) -> End | None:
        """Kill the process, if there is one."""
        process, self.process = self.process, None
        return process.stop() if process else None

    def _revive(self, number: int) -> str:
        """Start a process and bring it to where step `number` can be run. Returns why it cannot be done, if so."""
        while True:
            if self.used >= self.work.limits.total_seconds:
                return f"Not run: the {self._whole()} had used its {_seconds(self.work.limits.total_seconds)}."
            if self.deaths > MAX_RESTARTS:
                return f"Not run: {self.deaths} {self.phase} before this one had stopped the process."
            self.process = self.start(self.work.track, self.work.limits)
            self._check_cancelled()
            self._set_up()
            try:
                for earlier in range(self._horizon(number)):
                    if earlier in self.fatal:
                        continue
                    if isinstance(self.work.steps[earlier], RunStep):
                        self._ask(earlier)
                    elif earlier not in self.results:
                        self._mark(earlier)
                return ""
            except _Fatal:
                self._died(earlier)

    def _horizon(self, number: int) -> int:
        """The step before which all is replayed: for probes, the last of them that is still to be asked."""
        if self.phase == CELLS:
            return number
        return max(n for n in self.probes if n not in self.results) + 1

    def _died(self, number: int) -> None:
        """A step has cost the process its life."""
        self.fatal.add(number)
        self.deaths += 1
        self.stop()

    def _whole(self) -> str:
        return "notebook as a whole" if self.phase == CELLS else "checks as a whole"

    def _mark(self, number: int) -> None:
        """Let the process remember which name stands for what at the place of a probe. Raises _Fatal."""
        self._exchange({"do": "mark", "step": number})

    def _ask(self, number: int) -> dict[str, Any]:
        """Ask one step of the process. Raises _Fatal when the process cannot be used any more."""
        step = self.work.steps[number]
        question = request(number, step)
        if not is_test(step):
            return self._exchange(question)
        # The process must still be there, and have nothing more to say: otherwise somebody else has answered in its place.
        tokens = secrets.token_hex(16), secrets.token_hex(16)
        answer = self._exchange(question | {"token": tokens[0]})
        after = self._exchange({"do": "sync", "step": number, "token": tokens[1]})
        if (answer.get("token"), after.get("token")) != tokens:
            raise _Fatal(CRASHED, TAMPERED)
        return answer

    def _set_up(self) -> None:
        """Give a new process what it needs for test cells. Raises GraderFault."""
        if self.work.setup is None:
            return
        assert self.process is not None
        try:
            answer = self.process.ask({"do": "setup", "step": -1, **asdict(self.work.setup)}, time.monotonic() + SETUP_SECONDS)
        except ChannelError:
            self._check_cancelled()
            raise GraderFault("a student's process could not be set up for this assignment") from None
        if answer.get("problem"):
            raise GraderFault(f"the files beside the notebook could not be put in place: {str(answer['problem'])[:300]}")

    def _exchange(self, question: dict[str, Any]) -> dict[str, Any]:
        self._check_cancelled()
        limits, process = self.work.limits, self.process
        assert process is not None
        began = time.monotonic()
        allowed = min(limits.step_seconds, limits.total_seconds - self.used)
        try:
            return process.ask(question, began + allowed)
        except Late:
            whole = allowed < limits.step_seconds
            reason = f"The {self._whole()} ran longer than {_seconds(limits.total_seconds)} and was stopped here."
            raise _Fatal(TIMEOUT, reason if whole else _late(limits.step_seconds)) from None
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
        result = StepResult(step.cell_id, FAILED if error else OK, outputs=shown, reason=error)
        if is_test(step):
            result.value, result.changed, result.line = readback.test(answer)
        return result


def is_test(step: RunStep | ProbeStep) -> bool:
    """Whether a step is a test cell of an assignment whose tests share the student's interpreter."""
    return isinstance(step, RunStep) and step.role == "test"


def request(number: int, step: RunStep | ProbeStep) -> dict[str, Any]:
    """A step as it is asked of a child."""
    if isinstance(step, RunStep):
        return {"do": step.role or "run", "step": number, "source": step.source}
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


def _late(limit: float) -> str:
    return f"It ran longer than {_seconds(limit)} and was stopped. Perhaps a loop that never ends."


def _seconds(value: float) -> str:
    return f"{value:g} second{'' if value == 1 else 's'}"
