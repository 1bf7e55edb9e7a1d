"""The trusted side's reading: nothing that a child sends can hurt, block or fool it."""

import base64
import json
import os
import struct
import threading
import time
import zlib
from contextlib import suppress

import pytest
from engine_steps import outcome, probe

from autograder.engine import readback
from autograder.engine.protocol import MAX_LINE, Channel, Closed, Garbled, Late, parse
from autograder.engine.work import CRASHED, OK, Limits


@pytest.fixture
def channel():
    """A channel whose other end is in our hands: (channel, what the child reads, what the child writes)."""
    requests_out, requests_in = os.pipe()
    answers_out, answers_in = os.pipe()
    end = Channel(answers_out, requests_in)
    ends = [requests_out, answers_in]
    yield end, requests_out, answers_in
    end.close()
    for descriptor in ends:
        with suppress(OSError):
            os.close(descriptor)


def test_a_message_in_pieces_is_read(channel):
    end, _, write = channel
    threading.Thread(target=lambda: [os.write(write, b'{"a"'), time.sleep(0.05), os.write(write, b": 1}\n")]).start()
    assert end.receive(time.monotonic() + 5) == {"a": 1}


def test_deadlines_hold_for_reading_and_for_writing(channel):
    end, _, _ = channel
    began = time.monotonic()
    with pytest.raises(Late):
        end.receive(began + 0.1)
    with pytest.raises(Late):
        end.send({"x": "y" * (8 << 20)}, began + 0.3)
    assert time.monotonic() - began < 2


def test_a_closed_pipe_is_said(channel):
    end, _, write = channel
    os.close(write)
    with pytest.raises(Closed):
        end.receive(time.monotonic() + 5)


def test_an_endless_line_is_refused(channel):
    end, _, write = channel
    own = os.dup(write)  # the fixture's may be closed, and its number be another test's, while the flood still runs

    def flood():
        with suppress(OSError):
            for _ in range(MAX_LINE // (1 << 16) + 100):
                os.write(own, b"x" * (1 << 16))
        os.close(own)

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    with pytest.raises(Garbled):
        end.receive(time.monotonic() + 20)


def test_speaking_out_of_turn_is_noticed(channel):
    end, _, write = channel
    os.write(write, b'{"step": 1}\n{"step": 2}\n')
    end.receive(time.monotonic() + 5)
    with pytest.raises(Garbled):
        end.send({"do": "run"}, time.monotonic() + 5)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": ' + b"9" * 30 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": ' + b"[" * 80 + b"]" * 80 + b"}",
        b'{"a": [' + b"[]," * 3_000_000 + b"[]]}",
        b"\xff\xfe",
    ],
)
def test_malformed_messages_are_refused(line):
    with pytest.raises(Garbled):
        parse(line)


def test_lone_surrogates_do_not_get_through():
    assert json.dumps(parse(b'{"\\ud800": ["\\udfff"]}'), ensure_ascii=False).encode()


def png(width: int, height: int) -> str:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    raw = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("bundle", "kept"),
    [
        ({"image/png": png(640, 480)}, True),
        ({"image/png": png(60_000, 60_000)}, False),
        ({"image/png": "not base64!"}, False),
        ({"image/png": base64.b64encode(b"GIF89a").decode()}, False),
        ({"image/bmp": png(10, 10)}, False),
        ({"image/png": 17}, False),
        ({"text/plain": ["a"]}, False),
        ({"text/html": "<b>"}, True),
        ({"application/json": {"a": [1]}}, True),
        ({"no type": "x"}, False),
        ("text", False),
    ],
)
def test_only_well_formed_bundles_get_through(bundle, kept):
    output = {"output_type": "display_data", "data": bundle, "metadata": {}}
    assert bool(readback.outputs([output], Limits())) is kept


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        {},
        {"output_type": "pyout"},
        {"output_type": "stream", "name": "stdlog", "text": "x"},
        {"output_type": "stream", "name": "stdout", "text": ["x"]},
        {"output_type": "error", "ename": 1, "evalue": "", "traceback": []},
    ],
)
def test_malformed_outputs_are_left_out(item):
    assert readback.outputs([item], Limits()) == []


def test_outputs_are_cut_to_the_limits_whatever_the_child_says():
    limits = Limits(output_bytes=1000)
    flood = [{"output_type": "stream", "name": "stdout", "text": "é" * 10_000}] * 50
    kept = readback.outputs(flood, limits)
    assert len(kept) == 1 and len(kept[0]["text"].encode()) < 1100 and "cut here" in kept[0]["text"]
    rich = [{"output_type": "display_data", "data": {"text/html": "x" * 5000}, "metadata": {}}] * 50
    assert len(readback.outputs(rich, limits)) == 2
    deep = {"output_type": "display_data", "data": {"text/html": "x"}, "metadata": {"a": "m" * 20_000}}
    assert readback.outputs([deep], limits)[0]["metadata"] == {}


@pytest.mark.parametrize("raw", [None, {}, [], [1, 2], "x"])
def test_observations_must_be_one_for_each_case(raw):
    if raw == [1, 2]:
        assert all("error" in seen for seen in readback.observations(raw, 2))
    else:
        with pytest.raises(readback.Unreadable):
            readback.observations(raw, 2)


TAMPER = """
import os, json
for descriptor in range(3, 100):
    try:
        os.write(descriptor, {line!r})
    except OSError:
        pass
"""


@pytest.mark.parametrize(
    "line",
    [
        b'{"step": 1, "observations": [{"value": 1, "changed": [], "again": "the same"}]}\n',
        b'{"step": 0, "outputs": [], "error": null}\n{"step": 1, "observations": [{"value": 1}]}\n',
        b"garbage\n",
        b"x" * 100_000,
        b'{"ready": true}\n',
    ],
)
def test_a_forged_answer_is_noticed_or_means_nothing(line):
    """The student's code may write to the pipe: it can only say what its own function could have returned."""
    first, second, last = outcome(TAMPER.format(line=line), probe("f", {"x": 1.0}), "1").results
    assert CRASHED in (first.status, second.status)
    assert "interfered" in (first.reason + second.reason)
    assert last.status in (OK, CRASHED)


def test_closing_every_descriptor_costs_only_the_process():
    closed, after = outcome("import os; os.closerange(3, 1000)", "1").results
    assert closed.status == CRASHED and after.status == OK


def test_reading_the_requests_gives_nothing_that_helps():
    """A thread that steals the grader's questions sees inputs, never an expected value; it only hurts itself.

    Who reads first is chance: either the question is lost, or it is answered as if nobody had listened.
    """
    thread = "threading.Thread(target=lambda fd=fd: os.read(fd, 10**6), daemon=True).start()"
    steal = f"import os, threading\nfor fd in range(3, 50):\n    {thread}"
    stolen, probed = outcome(steal, probe("f", {"x": 1.0}), limits=Limits(step_seconds=1)).results
    assert stolen.status == OK
    assert all(observation["error"]["type"] == "NameError" for observation in probed.observations or [])
