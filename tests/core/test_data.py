"""Data: what is made here, and what is downloaded, from servers that behave in every way that servers do."""

import gzip
import hashlib
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from course import data
from course.data import downloads, mnist_files

RNG = np.random.default_rng(0)
PICTURES = {"train": RNG.integers(0, 256, (30, 4, 5), np.uint8), "t10k": RNG.integers(0, 256, (12, 4, 5), np.uint8)}
LABELS = {part: RNG.integers(0, 10, len(x), np.uint8) for part, x in PICTURES.items()}


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


FILES = {f"{part}-images-idx3-ubyte.gz": idx(x) for part, x in PICTURES.items()}
FILES |= {f"{part}-labels-idx1-ubyte.gz": idx(y) for part, y in LABELS.items()}
SMALL = replace(mnist_files.MNIST, sha256={name: hashlib.sha256(FILES[name]).hexdigest() for name in mnist_files.MNIST.sha256})


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        name = self.path.rpartition("/")[2]
        getattr(self, self.server.manner(name, len(self.server.asked)))(FILES[name])

    def well(self, body, sent=None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if sent is None else sent)

    def corrupt(self, body):
        self.well(body[:-1] + bytes([body[-1] ^ 1]))

    def truncated(self, body):
        self.well(body, body[: len(body) // 2])

    def missing(self, body):
        self.send_error(404)

    def stalled(self, body):
        self.truncated(body)
        self.server.over.wait(20)

    def silent(self, body):
        self.server.over.wait(20)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server on this machine whose `manner` says how it answers; the cache is a new folder."""
    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.asked, web.over, web.manner = [], threading.Event(), lambda name, count: "well"
    web.address = f"http://127.0.0.1:{web.server_port}/some/where"
    thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setattr(mnist_files, "MNIST", SMALL)
    monkeypatch.setattr(downloads, "TIMEOUT", (0.5, 0.5))
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setenv("TANDEM_MNIST", web.address)
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield web
    web.over.set()
    web.shutdown()
    web.server_close()
    thread.join()


def stop(web):
    web.over.set()
    web.shutdown()
    web.server_close()


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_a_download_gives_the_digits_in_the_form_of_the_small_ones(server, tmp_path, capsys):
    x, y = data.mnist()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((30, 20), np.float32, (30,), np.int64)
    np.testing.assert_array_equal(x, PICTURES["train"].reshape(30, 20) / np.float32(255))
    np.testing.assert_array_equal(y, LABELS["train"])
    x, y = data.mnist("test", fallback=False)
    np.testing.assert_array_equal(y, LABELS["t10k"])
    assert x.max() <= 1
    assert kept(tmp_path) == sorted(FILES)
    assert sorted(server.asked) == sorted(f"/some/where/{name}" for name in FILES)
    out, err = capsys.readouterr()
    assert "train-images-idx3-ubyte.gz: 100%" in out
    assert err == ""


def test_the_second_time_needs_no_server(server, capsys):
    first = data.mnist()
    capsys.readouterr()
    stop(server)
    again = data.mnist(fallback=False)
    np.testing.assert_array_equal(first[0], again[0])
    assert capsys.readouterr() == ("", "")


def test_one_failure_is_tried_again(server, tmp_path, capsys):
    for manner in ("corrupt", "truncated", "missing"):
        server.manner = lambda name, count, manner=manner: manner if count == 1 else "well"
        server.asked.clear()
        assert len(data.mnist(fallback=False)[0]) == 30
        assert len(server.asked) == len(FILES) + 1
        for path in (tmp_path / "cache" / "mnist").iterdir():
            path.unlink()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("corrupt", "another checksum"),
        ("truncated", "broke off"),
        ("missing", "the server answered 404"),
        ("stalled", "stopped answering"),
        ("silent", "did not answer in time"),
    ],
)
def test_a_bad_server_is_a_clear_error_and_leaves_nothing_behind(server, tmp_path, capsys, manner, reason):
    server.manner = lambda name, count: manner if "images" in name else "well"
    begun = time.monotonic()
    with pytest.raises(data.Unavailable) as caught:
        data.mnist(fallback=False)
    assert time.monotonic() - begun < 5
    assert f"tried {server.address}/: " in str(caught.value)
    assert reason in str(caught.value)
    for help_ in ("What to do", "TANDEM_MNIST", str(tmp_path / "cache" / "mnist"), *FILES):
        assert help_ in str(caught.value)
    # The labels came whole; of the pictures there is no part.
    assert kept(tmp_path) == sorted(name for name in FILES if "labels" in name)
    assert capsys.readouterr().err == ""


def test_without_a_network_one_line_says_what_takes_the_place(server, tmp_path, capsys):
    stop(server)
    x, y = data.mnist()
    out, err = capsys.readouterr()
    assert out == "MNIST is not to be had (no connection): these are scikit-learn's real digits instead, 8 x 8 pixels.\n"
    assert err == ""
    assert (x.dtype, y.dtype, x.shape[1]) == (np.float32, np.int64, 64)
    assert 0 <= x.min() < x.max() <= 1
    test_x, test_y = data.mnist("test")
    np.testing.assert_array_equal(np.concatenate([x, test_x]), data.digits()[0])
    np.testing.assert_array_equal(np.concatenate([y, test_y]), data.digits()[1])
    assert kept(tmp_path) == []


def test_a_name_that_nobody_knows_is_no_connection(server, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("TANDEM_MNIST", "http://mirror.invalid/")
    with pytest.raises(data.Unavailable, match="tried http://mirror.invalid/: no connection"):
        data.mnist(fallback=False)


@pytest.mark.parametrize("address", ["not an address", "http://", "ftp://127.0.0.1/"])
def test_an_address_that_is_none_is_said_so(server, monkeypatch, address):
    monkeypatch.setenv("TANDEM_MNIST", address)
    with pytest.raises(data.Unavailable, match="cannot be used|no connection"):
        data.mnist(fallback=False)


def test_a_second_mirror_helps_out(server, monkeypatch):
    monkeypatch.delenv("TANDEM_MNIST")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"
    monkeypatch.setattr(mnist_files, "MNIST", replace(SMALL, mirrors=(nobody, server.address)))
    assert len(data.mnist(fallback=False)[1]) == 30


def test_a_damaged_file_in_the_cache_is_fetched_again_or_not_used(server, tmp_path):
    data.mnist()
    path = tmp_path / "cache" / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(b"half a fi")
    assert len(data.mnist(fallback=False)[0]) == 30
    assert path.read_bytes() == FILES[path.name]
    path.write_bytes(b"half a fi")
    stop(server)
    with pytest.raises(data.Unavailable):
        data.mnist(fallback=False)


def test_files_that_were_put_there_by_hand_need_no_server(server, tmp_path):
    stop(server)
    folder = tmp_path / "cache" / "mnist"
    folder.mkdir(parents=True)
    for name, body in FILES.items():
        (folder / name).write_bytes(body)
    assert len(data.mnist(fallback=False)[0]) == 30


def test_a_cache_that_cannot_be_written_falls_back(server, tmp_path, capsys):
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert data.mnist()[0].shape == (1438, 64)
    assert "cache cannot be written" in capsys.readouterr().out


def test_the_error_shows_without_a_traceback():
    error = data.Unavailable("what was tried", "why")
    assert error._render_traceback_() == ["Unavailable: what was tried"]


def test_part_is_train_or_test():
    with pytest.raises(ValueError, match="'train' or 'test'"):
        data.mnist("both")


def test_no_idx_file_is_an_error(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"hello world"))
    with pytest.raises(ValueError, match="no IDX file"):
        mnist_files.read_idx(path)


def test_importing_data_loads_nothing_of_the_network():
    ask = "import course.data, sys; print([m for m in ('pooch', 'requests', 'tqdm', 'sklearn') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("made", "shape", "kind"),
    [
        (data.digits, (1797, 64), np.int64),
        (data.iris, (150, 4), np.int64),
        (data.moons, (200, 2), np.int64),
        (data.corners, (200, 2), np.int64),
        (data.blobs, (200, 2), np.int64),
        (data.curve, (60, 1), np.float32),
    ],
)
def test_what_is_made_here_is_the_same_every_time(made, shape, kind):
    (x, y), (x2, y2) = made(), made()
    assert (x.shape, x.dtype, y.dtype) == (shape, np.float32, kind)
    np.testing.assert_array_equal(x, x2)
    np.testing.assert_array_equal(y, y2)


def test_split_keeps_every_example_once():
    x = np.arange(40, dtype=np.float32).reshape(20, 2)
    (a, ya), (b, yb) = data.split(x, np.arange(20), fraction=0.3)
    assert len(a) == 14
    assert sorted([*ya, *yb]) == list(range(20))
    np.testing.assert_array_equal(a[:, 0], 2 * ya)
    np.testing.assert_array_equal(b[:, 0], 2 * yb)


@pytest.mark.parametrize(("made", "kept"), [(data.digits, 497), (data.iris, 45)])
def test_the_parts_of_a_lab_share_no_example_and_leave_none_out(made, kept):
    (x, y), (practice, labels), (others, answers) = made(), made("practice"), made("kept")
    assert len(answers) == kept
    assert len(labels) == len(y) - kept

    def rows(x, y):
        return sorted(map(tuple, np.column_stack([x, y]).tolist()))

    assert rows(np.concatenate([practice, others]), np.concatenate([labels, answers])) == rows(x, y)
    shares = [np.bincount(part) / len(part) for part in (y, labels, answers)]
    np.testing.assert_allclose(shares[1], shares[0], atol=0.005)
    np.testing.assert_allclose(shares[2], shares[0], atol=0.01)
    with pytest.raises(ValueError, match="'all', 'practice' or 'kept'"):
        made("secret")
