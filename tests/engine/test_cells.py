"""Cells run as in a notebook: what they show becomes the outputs that a kernel would have made."""

import base64

import nbformat
from engine_steps import outcome, text

from autograder.engine.work import FAILED, OK, Limits


def test_value_stream_and_error_become_outputs():
    result = outcome("print('a'); 6 * 7", "1 / 0", "x = 1", "x;").results
    assert [r.status for r in result] == [OK, FAILED, OK, OK]
    assert result[0].outputs[0] == {"output_type": "stream", "name": "stdout", "text": "a\n"}
    assert result[0].outputs[1]["data"] == {"text/plain": "42"}
    assert result[0].outputs[1]["execution_count"] == 1
    assert result[1].outputs[0]["ename"] == "ZeroDivisionError"
    assert result[1].reason == "ZeroDivisionError: division by zero"
    assert any("1" in line for line in result[1].outputs[0]["traceback"])
    assert result[2].outputs == result[3].outputs == []


def test_outputs_make_a_valid_notebook():
    cells = [
        "print(1)",
        "1/0",
        "import matplotlib.pyplot as plt; plt.plot([1, 2])",
        "from IPython.display import HTML\nHTML('<b>b</b>')",
    ]
    notebook = nbformat.v4.new_notebook()
    for source, step in zip(cells, outcome(*cells).results, strict=True):
        outputs = [nbformat.from_dict(output) for output in step.outputs]
        notebook.cells.append(nbformat.v4.new_code_cell(source, outputs=outputs))
    nbformat.validate(notebook)


def test_figures_are_flushed_after_their_cell_and_closed():
    first, second, third = outcome(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn')",
        "plt.get_fignums()",
        "plt.plot([3])\nplt.show()\n'after'",
    ).results
    kinds = [output["output_type"] for output in first.outputs]
    assert kinds == ["stream", "display_data"] or kinds == ["execute_result", "stream", "display_data"]
    assert base64.b64decode(first.outputs[-1]["data"]["image/png"])[:4] == b"\x89PNG"
    assert second.outputs[0]["data"]["text/plain"] == "[]"
    assert [output["output_type"] for output in third.outputs] == ["display_data", "execute_result"]


def test_display_handles_update_in_place_and_clear_output_clears():
    updated, cleared, waiting = outcome(
        "from IPython.display import *\nh = display(HTML('old'), display_id=True)\nh.update(HTML('new'))",
        "print('gone'); clear_output(); print('kept')",
        "print('gone'); clear_output(wait=True); print('kept')",
    ).results
    assert [output["data"]["text/html"] for output in updated.outputs] == ["new"]
    assert text(cleared) == text(waiting) == "kept\n"


def test_native_output_and_child_processes_are_captured():
    result = outcome("import os, sys\nos.write(1, b'one'); os.system('echo two; echo three >&2')\nNone", "!echo four").results
    assert text(result[0]) == "onetwo\nthree\n"
    assert "four" in text(result[1])


def test_errors_of_cells_do_not_stop_the_next():
    cells = ["def f(", "undefined", "import sys; sys.exit(3)", "exit()", "raise KeyboardInterrupt", "raise BaseException('b')"]
    result = outcome(*cells, "'still here'").results
    assert [r.status for r in result] == [FAILED] * len(cells) + [OK]
    assert "SyntaxError" in result[0].reason
    assert result[2].reason == "SystemExit: 3"
    assert not any("To exit" in text(r) for r in result), "IPython's advice on leaving a terminal helps no student"


def test_input_says_clearly_that_nobody_answers():
    asked, secret, read = outcome(
        "input('name? ')", "import getpass; getpass.getpass()", "import sys; sys.stdin.read()"
    ).results
    assert asked.reason.startswith("InputError: input() cannot be used here")
    assert secret.reason.startswith("InputError")
    assert read.outputs[0]["data"]["text/plain"] == "''"


def test_top_level_await_and_magics_work():
    result = outcome("import asyncio\nawait asyncio.sleep(0)\n1", "%%time\nx = 1", "%matplotlib inline").results
    assert [r.status for r in result] == [OK, OK, OK]
    assert result[0].outputs[0]["data"]["text/plain"] == "1"


def test_warnings_show_and_cost_nothing():
    result = outcome("import warnings, sys\nwarnings.warn('careful')\nprint('log', file=sys.stderr)").results[0]
    assert result.status == OK
    assert "careful" in text(result) and "log" in text(result)


def test_a_cell_that_closes_its_streams_does_not_silence_the_next():
    source = "import sys, os\nsys.stdout.close(); sys.stdout = None; sys.stderr = None; os.close(1); os.close(2)"
    assert text(outcome(source, "print('heard')").results[1]) == "heard\n"


def test_every_submission_starts_from_the_same_clean_state():
    look = "import random, numpy as np, os, sys\nrandom.random(), np.random.random(), sorted(globals()), os.listdir('.')"
    first = outcome(look, "leak = 1; open('file', 'w').close(); np.leak = 1")
    second = outcome(look, "hasattr(np, 'leak')")
    assert first.results[0].outputs == second.results[0].outputs
    assert second.results[1].outputs[0]["data"]["text/plain"] == "False"


def test_the_set_up_cell_gets_a_check_that_does_nothing():
    result = outcome(
        "from course import start\ncheck = start('x', 'pytorch')\ncheck('one_hot', 1); check.quiz('pre'); check.summary()",
        "import os; os.path.exists('checks.json')",
        track="pytorch",
    ).results
    assert (result[0].status, result[0].outputs) == (OK, [])
    assert result[1].outputs[0]["data"]["text/plain"] == "False"


def test_autograph_compiles_the_loop_of_a_tf_function():
    """It reads the source of the cell in which the function stands, as in a kernel."""
    summing = "@tf.function\ndef total(n):\n    s = tf.constant(0)\n    for i in tf.range(n):\n        s += i\n    return s"
    roomy = Limits(step_seconds=60, total_seconds=120, memory_bytes=3 << 30)
    *_, last = outcome(
        "import tensorflow as tf", summing, "int(total(tf.constant(5)))", track="tensorflow", limits=roomy
    ).results
    assert last.outputs[0]["data"]["text/plain"] == "10"
