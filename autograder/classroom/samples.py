"""The sample class of `autograder demo`: what its invented students hand in, and the mark that each is due."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring import known
from autograder.authoring.errors import AuthorError
from autograder.authoring.source import Lesson
from autograder.classroom.folder import Assignment
from autograder.classroom.rebuild import Notebook, grading
from autograder.spec import public
from course.frozen import freeze

MISTAKES_EACH = 3
"""Misconceptions in one hand-in, at most."""
MISTAKES_PER_EXERCISE = 2
"""How many of an exercise's misconceptions are made by anybody: all of them would make a class of hundreds."""

PEOPLE = {
    "pytorch": [
        ("amara.okafor", "Amara", "Okafor"),
        ("diego.quispe", "Diego", "Quispe"),
        ("elif.demir", "Elif", "Demir"),
        ("gurpreet.kaur", "Gurpreet", "Kaur"),
        ("hana.kim", "Hana", "Kim"),
        ("ines.costa", "Inês", "Costa"),
        ("kwame.mensah", "Kwame", "Mensah"),
        ("lars.nilsen", "Lars", "Nilsen"),
        ("mele.fonua", "Mele", "Fonua"),
        ("nour.haddad", "Nour", "Haddad"),
        ("olga.petrenko", "Olga", "Petrenko"),
        ("ravi.sharma", "Ravi", "Sharma"),
    ],
    "tensorflow": [
        ("aiyana.begay", "Aiyana", "Begay"),
        ("bao.tran", "Bảo", "Trần"),
        ("chidi.eze", "Chidi", "Eze"),
        ("fatima.zahra", "Fatima", "Zahra"),
        ("giulia.rossi", "Giulia", "Rossi"),
        ("jun.tanaka", "Jun", "Tanaka"),
        ("lin.wei", "Lin", "Wei"),
        ("maria.silva", "Maria", "Silva"),
        ("sean.obrien", "Seán", "O'Brien"),
        ("sita.thapa", "Sita", "Thapa"),
        ("tomasz.nowak", "Tomasz", "Nowak"),
        ("yusuf.ali", "Yusuf", "Ali"),
    ],
}


@dataclass
class Sample:
    """One hand-in. `answers` replace the right ones; `due` names what is not full marks: exercise -> misconception.

    A misconception may be "" where the exercise only has to fail. `spoil` changes the finished file.
    """

    kind: str
    assignment: Assignment
    answers: dict[str, str] = field(default_factory=dict)
    due: dict[str, str] = field(default_factory=dict)
    quarantine: bool = False
    spoil: Callable[[dict[str, Any]], str] | None = None
    file: str = ""
    student: str = ""


@dataclass(frozen=True)
class Material:
    """What samples of one assignment are made of: the source notebook, the right answers, the known ones."""

    lesson: Lesson
    assignment: Assignment
    source: Notebook
    known: list[known.Known]

    @property
    def exercises(self) -> list[str]:
        return list(self.lesson.exercises)

    def answer(self, name: str) -> str:
        """The right answer to an exercise, as the instructor's notebook has it."""
        cell = next(cell for cell in self.source["cells"] if grading(cell).get("grade_id") == name)
        return "\n".join(line for line in text(cell).splitlines() if "### BEGIN" not in line and "### END" not in line)


def material(lesson: Lesson, assignment: Assignment, source: Notebook) -> Material:
    """Everything that samples of an assignment are made of; known answers only if the lesson has them."""
    try:
        answers = known.load(lesson, assignment.track)
    except AuthorError:
        answers = []
    return Material(lesson, assignment, source, answers)


def plan(materials: list[Material]) -> list[Sample]:
    """All hand-ins of the sample class, dealt to its students."""
    samples: list[Sample] = []
    for lesson in dict.fromkeys(m.lesson.name for m in materials):
        samples += _lesson_samples([m for m in materials if m.lesson.name == lesson])
    samples += _special_samples(materials)
    return list(_deal(samples))


def text(cell: dict[str, Any]) -> str:
    """A cell's source as one text."""
    return "".join(cell["source"]) if isinstance(cell["source"], list) else cell["source"]


def _lesson_samples(tracks: list[Material]) -> Iterator[Sample]:
    """For each track a right hand-in, one that is right in another way, and misconceptions."""
    wrong = _chosen_mistakes(tracks)
    for m in tracks:
        yield Sample("right", m.assignment)
        right = {name: [a.source for a in m.known if a.right and a.exercise == name] for name in m.exercises}
        chosen = {name: sources[len(name) % len(sources)] for name, sources in right.items() if sources}
        if chosen:
            yield Sample("right in another way", m.assignment, chosen)
        for batch in _batches(wrong[m.assignment.track]):
            answers, due = {a.exercise: a.source for a in batch}, {a.exercise: a.label for a in batch}
            yield Sample("misconceptions", m.assignment, answers, due)


def _chosen_mistakes(tracks: list[Material]) -> dict[str, list[known.Known]]:
    """Some misconceptions of each exercise, by track: the first in every track, each other one in a single track."""
    wrong: dict[str, list[tuple[int, known.Known]]] = {m.assignment.track: [] for m in tracks}
    for name in tracks[0].exercises:
        labels: dict[str, dict[str, known.Known]] = {}
        for m in tracks:
            for answer in (a for a in m.known if a.exercise == name and not a.right):
                labels.setdefault(answer.label, {})[m.assignment.track] = answer
        # Those that can be made in both tracks are the common ones.
        common = sorted(labels, key=lambda label: -len(labels[label]))[:MISTAKES_PER_EXERCISE]
        for i, label in enumerate(common):
            least = min(labels[label], key=lambda track: len(wrong[track]))
            for track, answer in labels[label].items():
                if i == 0 or track == least:
                    wrong[track].append((i, answer))
    # First mistakes in front: they are of different exercises, and fill hand-ins well.
    return {track: [answer for _, answer in sorted(found, key=lambda pair: pair[0])] for track, found in wrong.items()}


def _batches(answers: list[known.Known]) -> list[list[known.Known]]:
    """Answers packed into hand-ins: few in each, and never two for one exercise."""
    batches: list[list[known.Known]] = []
    for answer in answers:
        room = (b for b in batches if len(b) < MISTAKES_EACH and all(a.exercise != answer.exercise for a in b))
        batch = next(room, None)
        if batch is None:
            batches.append(batch := [])
        batch.append(answer)
    return batches


def _special_samples(materials: list[Material]) -> Iterator[Sample]:
    """The rest of life: crash, endless loop, cheat, stub, and files that are not as they should be."""
    first, last = materials[0], materials[-1]
    second, third = materials[1 % len(materials)], materials[2 % len(materials)]
    end, begin = first.exercises[-1], third.exercises[0]
    loop = f"def {end}(*arguments):\n    while True:\n        pass"
    yield _with_mistake(Sample("endless loop", first.assignment, {end: loop}, {end: ""}), first)
    crash = f"def {begin}(*arguments):\n    import os\n\n    os._exit(0)"
    yield _with_mistake(Sample("crash", third.assignment, {begin: crash}, {begin: ""}), third)
    cheated = [e.name for e in first.lesson.exercises.values() if e.probe == "function"][:2]
    yield Sample("cheat", first.assignment, _cheats(first, cheated), dict.fromkeys(cheated, ""))
    stubs = {name: _stub(last, name) for name in last.exercises}
    yield Sample("untouched", last.assignment, stubs, dict.fromkeys(stubs, ""))
    half = {name: _stub(second, name) for name in second.exercises[len(second.exercises) // 2 :]}
    yield _with_mistake(Sample("half done", second.assignment, half, dict.fromkeys(half, "")), second)
    yield Sample("broken file", second.assignment, quarantine=True, spoil=lambda nb: json.dumps(nb)[: len(json.dumps(nb)) // 2])
    other = next((m for m in materials if m.lesson is third.lesson and m.assignment.track != third.assignment.track), None)
    if other:
        yield Sample("other track's notebook", third.assignment, quarantine=True, spoil=lambda nb: json.dumps(other.source))
    yield Sample("renamed file", second.assignment, file="my final version (2).ipynb")
    yield Sample("metadata lost", second.assignment, spoil=_without_metadata)
    yield Sample("copied cells", first.assignment, spoil=_copied_cells)


def _with_mistake(sample: Sample, m: Material) -> Sample:
    """The same hand-in with the commonest mistake in another exercise, so that some are commoner than others."""
    wrong = next((a for a in m.known if not a.right and a.exercise not in sample.answers), None)
    if wrong:
        sample.answers = sample.answers | {wrong.exercise: wrong.source}
        sample.due = sample.due | {wrong.exercise: wrong.label}
    return sample


def _stub(m: Material, name: str) -> str:
    from autograder.authoring.scripts import strip_solutions

    return strip_solutions(m.lesson.tracks[m.assignment.track][name].source)


def _cheats(m: Material, names: list[str]) -> dict[str, str]:
    """The values that the public cases expect, looked up; and a check that is told to be content."""
    answers = {}
    for name in names:
        frozen = json.dumps(freeze(public(m.lesson.exercises[name], m.lesson.name)))
        answers[name] = (
            "import json\n\nimport course.verdict\nfrom course import frameworks\nfrom course.frozen import thaw\n\n"
            f"public_{name} = thaw(json.loads({frozen!r}))\n"
            "course.verdict.decide = lambda expectation, seen, track: course.verdict.Verdict('pass', expectation.name, 1)\n\n\n"
            f"def {name}(*arguments):\n"
            f"    framework = frameworks.get({m.assignment.track!r})\n"
            f"    for case in public_{name}.cases:\n"
            "        if str(framework.build(list(case.inputs.values()))) == str(list(arguments)):\n"
            "            return framework.build(case.expected['value'])\n"
            f"    return framework.build(public_{name}.cases[0].expected['value'])"
        )
    return answers


def _without_metadata(notebook: Notebook) -> str:
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    return json.dumps(notebook | {"metadata": {}, "nbformat_minor": 4})


def _copied_cells(notebook: Notebook) -> str:
    """An answer and its check are there twice, as after careless copying."""
    at = next(i for i, cell in enumerate(notebook["cells"]) if grading(cell).get("grade"))
    again = copy.deepcopy(notebook["cells"][at - 1 : at + 1])
    notebook["cells"][at + 1 : at + 1] = [cell | {"id": f"copy-{i}"} for i, cell in enumerate(again)]
    return json.dumps(notebook)


def _deal(samples: list[Sample]) -> Iterator[Sample]:
    """Give each hand-in a student of its track who has none for that lesson yet."""
    turn: dict[str, int] = {}
    for sample in samples:
        people = PEOPLE[sample.assignment.track]
        number = turn.get(sample.assignment.name, 0)
        turn[sample.assignment.name] = number + 1
        # In each lesson it begins with another person, so that nobody is right or wrong every time.
        shift = 5 * sum(map(ord, sample.assignment.lesson))
        extra = number // len(people)
        name = people[(number + shift) % len(people)][0]
        sample.student = f"{name}.{extra + 1}" if extra else name
        yield sample


def notebook(sample: Sample, m: Material) -> str:
    """The file that a sample's student hands in."""
    filled = copy.deepcopy(m.source)
    for cell in filled["cells"]:
        mark = grading(cell)
        if mark.get("solution"):
            name = mark["grade_id"]
            cell["source"] = sample.answers.get(name, m.answer(name))
    return sample.spoil(filled) if sample.spoil else json.dumps(filled, indent=1)
