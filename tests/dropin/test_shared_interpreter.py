"""Cheats that live in the interpreter of the tests, each run for real: none gains a point, and what was changed is said.

What remains, because no test in the student's own process can be kept from the student, stands at the end: those tests show
that it is so, and that a person is told where it can be seen.
"""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Course, answer, code, notebook

from autograder.classroom.plain import author_facts, setup_for, steps
from autograder.classroom.plain_marks import flags_of, odd_code, score_of
from autograder.engine import Limits, RunStep, Work
from autograder.engine.work import StepResult

IMPORTS = "import numpy as np\nimport math\nimport unittest"
HELPER = "def close(a, b):\n    return abs(a - b) < 1e-6"
STUB = "def f(x):\n    return None"
TESTS = {
    "assert": "assert f(2) == 4",
    "allclose": "import numpy as np\nassert np.allclose(f(np.ones(2)), [2, 2])",
    "testing": "np.testing.assert_allclose(f(np.ones(2)), [2, 2])",
    "equal": "unittest.TestCase().assertEqual(f(2), 4)",
    "isclose": "assert math.isclose(f(2), 4)",
    "types": "assert isinstance(f(2), int)\nassert len(str(f(2))) == 1 and f(2) == 4",
    "helper": "assert close(f(2), 4)",
    "part": "points = 0.0\nif f(2) == 4: points += 1\npoints",
}
TORCH = {
    "torch allclose": "import torch\nassert torch.allclose(f(torch.ones(2)), torch.tensor([2.0, 2.0]))",
    "torch testing": "import torch\ntorch.testing.assert_close(f(torch.ones(2)), torch.tensor([2.0, 2.0]))",
    "torch equal": "import torch\nassert torch.equal(f(torch.ones(2)), torch.tensor([2.0, 2.0]))",
    "torch eq": "import torch\nassert (f(torch.ones(2)) == torch.tensor([2.0, 2.0])).all()",
}
WRONG = "def f(x):\n    return 0 * x"


def run_cells(engine: Any, students: list[str], tests: dict[str, str], track: str = "numpy") -> dict[str, StepResult]:
    """The tests' results after the student's cells, as an assignment with these tests would run them."""
    author = [IMPORTS, HELPER, *tests.values()]
    facts = author_facts(author, [STUB])
    cells = [RunStep("imports", IMPORTS, "author"), RunStep("given", HELPER, "author")]
    cells += [RunStep(f"student-{i}", source) for i, source in enumerate(students)]
    cells += [RunStep(name, source, "test") for name, source in tests.items()]
    setup = setup_for(facts, {"given.txt": "NA=="}, ("given.txt",), students)
    (outcome,) = engine([Work("someone", track, tuple(cells), Limits(step_seconds=5), setup)], 1)
    assert not outcome.fault
    return {result.cell_id: result for result in outcome.results if result.cell_id in tests}


def points(results: dict[str, StepResult]) -> dict[str, float]:
    return {name: score_of(name, 1.0, result) for name, result in results.items()}


def said(results: dict[str, StepResult]) -> str:
    return " ".join(flag for name, result in results.items() for flag in flags_of(name, result))


def test_right_answers_have_all_and_wrong_ones_nothing(engine: Any) -> None:
    right = run_cells(engine, ["def f(x):\n    return 2 * x"], TESTS)
    assert set(points(right).values()) == {1.0}
    assert said(right) == ""
    assert set(points(run_cells(engine, [WRONG], TESTS)).values()) == {0.0}


# Name, the cheat, and what the instructor is told (nothing where the cheat simply has no effect).
PATCHES = {
    "numpy's functions": ("np.allclose = np.testing.assert_allclose = lambda *a, **k: True", "numpy.allclose"),
    "numpy's functions, from within": ("np.allclose.__wrapped__.__code__ = (lambda *a, **k: True).__code__", "allclose"),
    "numpy's defaults": ("np.testing.assert_allclose.__wrapped__.__defaults__ = (9, 9, True, '', True)", ""),
    "unittest": ("unittest.TestCase.assertEqual = lambda *a, **k: None", "assertEqual"),
    "math": ("math.isclose = lambda *a, **k: True", "math.isclose"),
    "builtins": ("import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.sorted = lambda x: [4]", "builtins.abs"),
    "names of builtins": (
        "def isinstance(*a): return True\ndef len(x): return 1\ndef abs(x): return 0\ndef str(x): return '4'",
        "isinstance",
    ),
    "names of modules": ("class np:\n    allclose = lambda *a, **k: True\n    testing = np\n    ones = list", ""),
    "the author's helper": ("def close(a, b): return True", "the name close"),
    "the author's helper, from within": ("close.__code__ = (lambda a, b: True).__code__", "close"),
    "modules": (
        (
            "import sys, types\nfake = types.ModuleType('numpy')\nfake.allclose = lambda *a: True\n"
            "fake.ones = list\nsys.modules['numpy'] = fake"
        ),
        "sys.modules['numpy']",
    ),
    "importers": (
        "import sys, types\nclass Finder:\n    def find_spec(self, *a): raise ImportError\nsys.meta_path.insert(0, Finder())",
        "sys.meta_path",
    ),
    "syntax trees": (
        "import ast\nclass NoAsserts(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "    def visit_If(self, node): return [self.generic_visit(s) for s in node.body]\n"
        "get_ipython().ast_transformers.append(NoAsserts())",
        "",
    ),
    "input transformers": (
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
        "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
        "",
    ),
    "showtraceback": (
        "ip = get_ipython()\nip.showtraceback = ip._showtraceback = ip.showsyntaxerror = lambda *a, **k: None\n"
        "ip.set_custom_exc((Exception,), lambda *a, **k: None)",
        "",
    ),
    "exception hooks": ("import sys\nsys.excepthook = lambda *a: None", ""),
    "run_cell": (
        "ip = get_ipython()\nclass Fine:\n    error_before_exec = error_in_exec = None\n"
        "ip.run_cell = ip.run = ip.run_code = lambda *a, **k: Fine()\ntype(ip).run_cell = type(ip).run = lambda *a, **k: None",
        "",
    ),
    "display hook": (
        "import sys\nhook = get_ipython().displayhook\nhook(1.0)\nsys.displayhook = lambda value: hook(1.0)\n"
        "type(hook).__call__ = lambda *a: None",
        "",
    ),
    "formatters": (
        "get_ipython().display_formatter.formatters['text/plain'].for_type(float, lambda v, p, c: p.text('1.0'))",
        "",
    ),
    "tracing": (
        "import sys\ndef spy(frame, event, arg):\n    frame.f_globals['f'] = lambda x: 4\n    return spy\nsys.settrace(spy)",
        "settrace",
    ),
    "json": ("import json\njson.dumps = lambda *a, **k: '{}'\njson.JSONEncoder.encode = lambda *a: '{}'", ""),
}


@pytest.mark.parametrize("name", PATCHES)
def test_what_is_changed_before_a_test_gains_nothing(engine: Any, name: str) -> None:
    cheat, told = PATCHES[name]
    results = run_cells(engine, [WRONG, cheat], TESTS)
    assert set(points(results).values()) == {0.0}, points(results)
    assert told in said(results)


LIARS = {
    "equals all": (
        "class Liar:\n    def __eq__(self, other): return True\n    def __sub__(self, other): return 0\n    __rsub__ = __sub__"
    ),
    "of another name": "Liar = type('float', (), {'__eq__': lambda *a: True, '__module__': 'builtins'})",
    "made by code": (
        "space = {}\nexec('class Liar(int):\\n    __eq__ = lambda *a: True\\n    __hash__ = None', space)\nLiar = space['Liar']"
    ),
    "a method added later": "class Liar: pass\nsetattr(Liar, '__e' + 'q__', lambda *a: True)",
    "an array": (
        "class Liar(np.ndarray):\n    def __array_function__(self, *a, **k): return True\n"
        "    def __eq__(self, other): return True\n"
        "_L = Liar\nLiar = lambda: np.zeros(2).view(_L)"
    ),
    "a mock": "from unittest.mock import ANY\nLiar = lambda: ANY",
    "a magic mock": (
        "from unittest.mock import MagicMock\ndef Liar():\n    m = MagicMock()\n    m.__eq__.return_value = True\n    return m"
    ),
    "of a class": (
        "class Meta(type):\n    def __eq__(cls, other): return True\n    __hash__ = type.__hash__\n"
        "class L(metaclass=Meta): pass\nLiar = lambda: L"
    ),
}


@pytest.mark.parametrize("name", LIARS)
def test_answers_that_equal_everything_gain_nothing(engine: Any, name: str) -> None:
    results = run_cells(engine, [LIARS[name], "def f(x):\n    return Liar()"], TESTS)
    assert set(points(results).values()) == {0.0}, points(results)


def test_honest_classes_are_no_liars(engine: Any) -> None:
    """A class that the author has with its methods, a dataclass, and a helper that never reaches a test."""
    students = [
        (
            "from dataclasses import dataclass\n@dataclass(order=True)\nclass Pair:\n    a: int\n"
            "    b: int\ndef pair(): return Pair(1, 2)"
        ),
        "class Vector:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return self.x == other.x",
        (
            "class Set:\n    def __contains__(self, x): return True\n    def __len__(self): return 2\n"
            "    def __eq__(self, o): return False"
        ),
        "def f(x):\n    return 2 * x if len(Set()) else 0",
    ]
    own = {
        "pair": "assert pair().a == 1 and pair() == pair()",
        "vector": "assert Vector(1) == Vector(1) and Vector(1) != Vector(2)",
    }
    facts = author_facts(list(own.values()), [students[1]])
    cells = [RunStep(f"s{i}", source) for i, source in enumerate(students)]
    cells += [RunStep(name, source, "test") for name, source in {**own, "f": "assert f(2) == 4"}.items()]
    (outcome,) = engine([Work("someone", "numpy", tuple(cells), Limits(), setup_for(facts, {}, (), students))], 1)
    assert [result.reason for result in outcome.results] == [""] * len(cells)
    assert not any(result.changed for result in outcome.results)


WITHIN = {
    "patched while the test runs": (
        "def f(x):\n    np.allclose = np.testing.assert_allclose = lambda *a, **k: True\n    return 0 * x"
    ),
    "builtins while the test runs": "import builtins\ndef f(x):\n    builtins.isinstance = lambda *a: True\n    return 0 * x",
    "json while the test runs": "import json\ndef f(x):\n    json.JSONEncoder.encode = lambda *a: '{}'\n    return 0 * x",
    "exits": "import os\ndef f(x):\n    os._exit(0)",
    "raises SystemExit": "def f(x):\n    raise SystemExit(0)",
    "skips": "import unittest\ndef f(x):\n    raise unittest.SkipTest('fine')",
    "shows points, then an error": "def f(x):\n    get_ipython().displayhook(1.0)\n    print(1.0)\n    raise ValueError",
    "shows the points of its own": "def f(x):\n    get_ipython().displayhook(1.0)\n    return 0",
    "writes to stderr": "import sys\ndef f(x):\n    print('1.0', file=sys.stderr)\n    return 0 * x",
    "answers for the grader": (
        "import os, json\ndef f(x):\n"
        "    for fd in range(3, 40):\n"
        "        for step in range(20):\n"
        "            line = {'step': step, 'outputs': [], 'error': None, 'value': None, 'changed': [], 'line': 0}\n"
        "            try: os.write(fd, json.dumps(line).encode() + b'\\n')\n"
        "            except OSError: break\n    return 0 * x"
    ),
    "reads the history": (
        "import re, linecache\ndef f(x):\n"
        "    texts = list(In) + [str(h) for h in get_ipython().history_manager.get_range()]\n"
        "    texts += [''.join(e[2]) for e in linecache.cache.values() if len(e) > 2]\n"
        "    found = [m for t in texts for m in re.findall(r'f[(]2[)] == (\\\\d)', t)]\n"
        "    return int(found[0]) if found else None"
    ),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_happens_while_a_test_runs_gains_nothing(engine: Any, name: str) -> None:
    results = run_cells(engine, [WITHIN[name]], TESTS)
    assert set(points(results).values()) == {0.0}, points(results)


def test_a_thread_that_patches_again_and_again(engine: Any) -> None:
    thread = (
        "import threading\ndef work():\n    while True: np.allclose = lambda *a, **k: True\n"
        "threading.Thread(target=work, daemon=True).start()"
    )
    results = run_cells(engine, [WRONG, thread], {"allclose": TESTS["allclose"]})
    assert points(results) == {"allclose": 0.0}
    assert "numpy.allclose" in said(results)


TORCH_CHEATS = {
    "torch's functions": (
        "torch.allclose = torch.equal = torch.testing.assert_close = lambda *a, **k: True\n"
        "torch.Tensor.__eq__ = lambda *a: torch.ones(2) > 0"
    ),
    "a tensor that decides": (
        "class Liar(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None): return True\n"
        "def f(x): return torch.zeros(2).as_subclass(Liar)"
    ),
}


@pytest.mark.parametrize("name", TORCH_CHEATS)
def test_torch(engine: Any, name: str) -> None:
    cheats = ["import torch", "def f(x): return 0 * x", TORCH_CHEATS[name]]
    results = run_cells(engine, cheats, TORCH, "pytorch")
    assert set(points(results).values()) == {0.0}, points(results)
    assert said(results)


def test_torch_right_answers(engine: Any) -> None:
    right = "import torch\nclass Own(torch.nn.Module):\n    def forward(self, x): return 2 * x\nf = Own()"
    results = run_cells(engine, [right], TORCH, "pytorch")
    assert set(points(results).values()) == {1.0}, {k: r.reason for k, r in results.items()}
    assert said(results) == ""


def test_tags_and_a_forged_test_cell_gain_nothing_end_to_end(course: Course) -> None:
    made = notebook(answer("f", "return 2 * x"), code("assert f(2) == 4", "t", "test", 2))
    course.assignment("ps1", {"p1.ipynb": made})
    cheat = course.released("ps1")
    cheat.cells[1].metadata.tags = ["skip-execution", "raises-exception"]
    cheat.cells[0].source = (
        "get_ipython().showtraceback = lambda *a, **k: None\ndef f(x):\n"
        "    get_ipython().displayhook(2.0)\n    raise ValueError"
    )
    course.hand_in("ana", "ps1", cheat)
    course.grade("ps1")
    assert course.scores("ps1") == {"ana": 0}


# What remains. These pass their tests: whoever reads this learns what asserts in the student's own process cannot do.
REMAINS = {
    "looks at its caller": (
        "import sys\ndef f(x):\n    return next((c for c in sys._getframe(1).f_code.co_consts if c == 4), None)",
        "_getframe",
    ),
    "puts back what it had changed": (
        "import math, builtins\nreal = math.isclose\ndef fake(*a, **k):\n    math.isclose = real\n    return True\n"
        "def f(x):\n    math.isclose = fake\n    return 0",
        "builtins",
    ),
}


@pytest.mark.parametrize("name", REMAINS)
def test_what_remains_is_flagged_where_its_text_shows_it(engine: Any, name: str) -> None:
    cheat, told = REMAINS[name]
    test = {"t": "assert f(2) == 4" if "caller" in name else "answer = f(2)\nassert math.isclose(answer, 4)"}
    assert points(run_cells(engine, [cheat], test)) == {"t": 1.0}
    own = {"cells": [{"cell_type": "code", "source": cheat, "metadata": {}}]}
    assert told in odd_code(own, {"cells": []})[0]


def test_steps_know_the_authors_cells() -> None:
    made = notebook(
        code("import os"), code("x = 1", "given", "locked"), answer("f", "return 1"), code("assert f(1)", "t", "test", 1)
    )
    cells = [{"id": c.id, "cell_type": c.cell_type, "source": c.source, "metadata": c.metadata} for c in made.cells]
    assert [step.role for step in steps({"cells": cells}, ["given", "f", "t"])] == ["", "author", "", "test"]
