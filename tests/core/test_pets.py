"""Oxford-IIIT Pet and Cats-vs-Dogs from a server on this machine: small archives of the same structure, and bad ones."""

import gzip
import hashlib
import io
import tarfile
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from course.data import archives, downloads, pets
from course.data.archives import Limits, Refused, unpack
from course.data.downloads import Unavailable

RNG = np.random.default_rng(0)


def jpeg(colour, size=(40, 30)):
    content = io.BytesIO()
    pixels = np.clip(np.array(colour) + RNG.integers(-9, 9, (*size[::-1], 3)), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(content, "JPEG")
    return content.getvalue()


def tar(entries):
    """A .tar.gz of (name, content) and of TarInfo objects."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as file:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                file.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                file.addfile(info, io.BytesIO(entry[1]))
    return content.getvalue()


def zipped(entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in entries:
            file.writestr(name, text)
    return content.getvalue()


BREEDS = {"Abyssinian": (180, 120, 60), "american_bulldog": (230, 230, 230), "yorkshire_terrier": (90, 60, 40)}


def folder(name):
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE
    return info


def oxford():
    images = [(f"images/{breed}_{i}.jpg", jpeg(colour)) for breed, colour in BREEDS.items() for i in range(1, 7)]
    images.append(("images/Abyssinian_7.jpg", images[0][1][:300]))  # a picture that breaks off
    images.append(("images/Abyssinian_8.jpg", b""))
    images += [("images/Abyssinian_100.mat", b"MATLAB"), ("images/._Abyssinian_1.jpg", b"litter")]
    lists = {}
    for part, numbers in (("trainval", (1, 2, 3, 7)), ("test", (4, 5, 6, 8))):
        rows = [f"{breed}_{i} 1 1 1" for breed in BREEDS for i in numbers if i < 7 or breed == "Abyssinian"]
        lists[part] = "\n".join(["# Image CLASS-ID SPECIES BREED ID", *rows, ""]).encode()
    notes = [(f"./annotations/{part}.txt", text) for part, text in lists.items()]
    notes += [("annotations/trimaps/Abyssinian_1.png", b"outline"), ("annotations/README", b"text")]
    return {"annotations.tar.gz": tar([folder("annotations"), *notes]), "images.tar.gz": tar([folder("images"), *images])}


def cats():
    entries = [
        (f"PetImages/{kind}/{i}.jpg", jpeg(c))
        for kind, c in (("Cat", (200, 150, 90)), ("Dog", (60, 60, 60)))
        for i in range(10)
    ]
    entries += [("PetImages/Cat/666.jpg", b""), ("PetImages/Dog/11702.jpg", b"not a picture")]
    entries += [("PetImages/Cat/Thumbs.db", b"litter"), ("MSR-LA - 3467.docx", b"licence"), ("readme[1].txt", b"text")]
    return {"kagglecatsanddogs_5340.zip": zipped(entries)}


FILES = oxford() | cats()


class Handler(BaseHTTPRequestHandler):
    """Serves FILES; knows ranges, unless told otherwise; `manner(name, count)` says how it answers."""

    def do_GET(self):
        web = self.server
        name = self.path.rpartition("/")[2]
        web.asked.append((name, self.headers.get("Range")))
        body = web.files[name]
        manner = web.manner(name, sum(other == name for other, _ in web.asked))
        start = 0
        if (wanted := self.headers.get("Range")) and manner != "no ranges":
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if manner == "missing":
            return self.send_error(404)
        if start and start >= len(body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        rest = body[start:]
        self.send_response(206 if start else 200)
        if start:
            shift = 1 if manner == "wrong piece" else 0
            self.send_header("Content-Range", f"bytes {start + shift}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if manner == "breaks off":
            rest = rest[: len(rest) // 2]
        if manner == "corrupt":
            rest = rest[:-1] + bytes([rest[-1] ^ 1])
        self.wfile.write(rest)
        return None

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.asked, web.manner, web.files = [], lambda name, count: "well", dict(FILES)
    thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    for source in pets.SOURCES.values():
        monkeypatch.setenv(source.collection.variable, f"http://127.0.0.1:{web.server_port}/here")
    agree(monkeypatch, web.files)
    monkeypatch.setattr(downloads, "TIMEOUT", (0.5, 0.5))
    monkeypatch.setattr("course.data.resume.PIECE", 64)
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


def agree(monkeypatch, contents):
    """Let the data sets have the checksums of these small archives."""
    small = {}
    for task, source in pets.SOURCES.items():
        digests = {name: hashlib.sha256(contents[name]).hexdigest() for name in source.collection.sha256}
        small[task] = replace(source, collection=replace(source.collection, sha256=digests))
    monkeypatch.setattr(pets, "SOURCES", small)


def kept(tmp_path):
    return sorted(path.relative_to(tmp_path / "cache").as_posix() for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_breeds(server, tmp_path, capsys):
    train, test = pets.load("breeds", side=24), pets.load("breeds", "test", side=24)
    assert train.classes == test.classes == ("abyssinian", "american bulldog", "yorkshire terrier")
    assert train.images.shape == (9, 24, 24, 3) and train.images.dtype == np.uint8
    assert np.bincount(train.labels).tolist() == np.bincount(test.labels).tolist() == [3, 3, 3]
    assert not set(train.names) & set(test.names)
    for label, colour in enumerate(BREEDS.values()):
        assert np.abs(train.images[train.labels == label].mean((0, 1, 2)) - colour).max() < 12
    out, err = capsys.readouterr()
    assert "1 files are no pictures" in out and "images.tar.gz: 100%" in out and err == ""
    assert not [name for name in kept(tmp_path) if name.endswith((".gz", ".mat", ".png", ".part")) or "._" in name]
    assert "37 breeds" in train.credit


def test_cats_and_dogs(server, capsys):
    train, test = pets.load("cats-and-dogs", side=20), pets.load("cats-and-dogs", "test", side=20)
    assert train.classes == ("cat", "dog")
    assert np.bincount(train.labels).tolist() == [8, 8] and np.bincount(test.labels).tolist() == [2, 2]
    assert {int(name.rpartition("/")[2].removesuffix(".jpg")) % 5 for name in test.names} == {0}
    assert "2 files are no pictures" in capsys.readouterr().out


def test_few_of_each_and_a_choice_of_breeds(server):
    few = pets.load("breeds", side=16, per_class=2, classes=["yorkshire terrier", "abyssinian"])
    assert few.classes == ("yorkshire terrier", "abyssinian")
    assert np.bincount(few.labels).tolist() == [2, 2]
    assert few.names == pets.load("breeds", side=16, per_class=2, classes=["yorkshire terrier", "abyssinian"]).names
    with pytest.raises(ValueError, match="no class 'pug'; choose of|no class 'pug': choose of abyssinian"):
        pets.load("breeds", classes=["pug"])
    with pytest.raises(ValueError, match="no task 'birds'"):
        pets.load("birds")
    with pytest.raises(ValueError, match="no part 'judge'"):
        pets.load("breeds", "judge")


def test_the_second_time_needs_no_server(server):
    first = pets.load("breeds", side=16)
    count = len(server.asked)
    server.manner = lambda name, count: "missing"
    np.testing.assert_array_equal(first.images, pets.load("breeds", side=16).images)
    assert len(server.asked) == count


def test_a_download_that_breaks_off_goes_on_in_the_same_call(server, capsys):
    server.manner = lambda name, count: "breaks off" if name == "images.tar.gz" and count <= 3 else "well"
    assert len(pets.load("breeds", side=16)) == 9
    length, ranges = len(FILES["images.tar.gz"]), [r for name, r in server.asked if name == "images.tar.gz"]
    starts = [0 if wanted is None else int(wanted.removeprefix("bytes=")[:-1]) for wanted in ranges]
    assert len(starts) == 4 and starts == sorted(set(starts)) and length * 0.8 < starts[-1] < length
    out, err = capsys.readouterr()
    assert "100%" in out and err == ""


def test_a_download_that_was_stopped_goes_on_the_next_time(server, tmp_path, monkeypatch):
    monkeypatch.setattr("course.data.resume.ATTEMPTS", 1)
    monkeypatch.setattr(downloads, "RETRIES", 0)
    server.manner = lambda name, count: "breaks off" if name == "images.tar.gz" else "well"
    with pytest.raises(Unavailable, match="broke off|no connection"):
        pets.load("breeds", side=16)
    (part,) = [name for name in kept(tmp_path) if name.endswith(".part")]
    assert part == "oxford-iiit-pet/.images.tar.gz.part"
    server.manner = lambda name, count: "well"
    assert len(pets.load("breeds", side=16)) == 9
    half = len(FILES["images.tar.gz"]) // 2
    assert half - 64 <= int(server.asked[-1][1].removeprefix("bytes=")[:-1]) <= half
    assert not [name for name in kept(tmp_path) if name.endswith(".part")]


@pytest.mark.parametrize("manner", ["no ranges", "wrong piece", "another file", "whole", "too long"])
def test_a_part_that_does_not_fit_is_not_trusted(server, tmp_path, manner):
    body = FILES["kagglecatsanddogs_5340.zip"]
    part = tmp_path / "cache" / "cats-vs-dogs" / ".kagglecatsanddogs_5340.zip.part"
    part.parent.mkdir(parents=True)
    part.write_bytes({"another file": b"x" * 500, "whole": body, "too long": body + b"more"}.get(manner, body[:500]))
    server.manner = lambda name, count: manner if count == 1 else "well"
    assert len(pets.load("cats-and-dogs", "test", side=16)) == 4
    assert len(server.asked) == {"no ranges": 1, "whole": 1}.get(manner, 2)


def test_corrupt_files_are_fetched_again_and_never_used(server, tmp_path):
    server.manner = lambda name, count: "corrupt" if count == 1 else "well"
    assert len(pets.load("cats-and-dogs", "test", side=16)) == 4
    server.manner = lambda name, count: "corrupt"
    with pytest.raises(Unavailable, match="another checksum"):
        pets.load("breeds")
    assert not [name for name in kept(tmp_path) if name.startswith("oxford")]


def test_without_a_connection_the_error_says_what_to_do(server, monkeypatch):
    monkeypatch.setenv("TANDEM_PETS", "http://127.0.0.1:9/nothing")
    with pytest.raises(Unavailable, match="(?s)Oxford-IIIT-Pet is not in.*no connection.*TANDEM_PETS"):
        pets.load("breeds")


def test_an_unpacking_that_was_stopped_begins_again(server, tmp_path):
    pets.load("breeds", side=16)
    (done,) = (tmp_path / "cache").rglob("done")
    done.unlink()
    assert len(pets.load("breeds", side=16)) == 9


def link(name, target, kind):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def unix(name, mode):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def stored(text):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as file:
        file.writestr("images/a.jpg", text)
    return content.getvalue()


def encrypted():
    content = bytearray(zipped([("PetImages/Cat/1.jpg", b"x")]))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


GOOD = ("images/a.jpg", b"x" * 100)
BAD = {
    "a path upwards": ("a.tar.gz", tar([GOOD, ("../outside.jpg", b"x")]), "leads out of the folder"),
    "a path upwards inside": ("a.tar.gz", tar([("images/../../outside.jpg", b"x")]), "leads out of the folder"),
    "an absolute path": ("a.tar.gz", tar([("/tmp/outside.jpg", b"x")]), "leads out of the folder"),
    "a drive": ("a.zip", zipped([("C:/outside.jpg", b"x")]), "leads out of the folder"),
    "a path upwards in a zip": ("a.zip", zipped([GOOD, ("../outside.jpg", b"x")]), "leads out of the folder"),
    "a symbolic link": ("a.tar.gz", tar([link("images/b.jpg", "/etc/passwd", tarfile.SYMTYPE)]), "a link or a device"),
    "a hard link": ("a.tar.gz", tar([GOOD, link("images/b.jpg", "images/a.jpg", tarfile.LNKTYPE)]), "a link or a device"),
    "a device": ("a.tar.gz", tar([link("images/b.jpg", "", tarfile.CHRTYPE)]), "a link or a device"),
    "a pipe": ("a.tar.gz", tar([link("images/b.jpg", "", tarfile.FIFOTYPE)]), "a link or a device"),
    "a symbolic link in a zip": ("a.zip", zipped([(unix("images/b.jpg", 0o120777), "/etc/passwd")]), "a link, a device"),
    "an encrypted file": ("a.zip", encrypted(), "encrypted"),
    "a bomb": ("a.tar.gz", tar([("images/a.jpg", bytes(3_000_000))]), "larger than was agreed"),
    "a bomb in a zip": ("a.zip", zipped([("images/a.jpg", bytes(3_000_000))]), "larger than was agreed"),
    "a bomb of many": ("a.zip", zipped([(f"images/{i}.jpg", bytes(900_000)) for i in range(4)]), "larger than was agreed"),
    "many files": ("a.tar.gz", tar([(f"images/{i}.jpg", b"") for i in range(11)]), "more than 10 files"),
    "many entries": ("a.tar.gz", tar([(f"other/{i}", b"") for i in range(51)]), "more than 50 entries"),
    "half an archive": ("a.tar.gz", tar([GOOD, ("images/b.jpg", RNG.bytes(5000))])[:-900], "is damaged"),
    "half a zip": ("a.zip", zipped([GOOD])[:-9], "is damaged"),
    "a wrong sum in a zip": ("a.zip", stored(b"abcdefgh").replace(b"abcdefgh", b"abcdefgX"), "is damaged"),
    "no archive": ("a.tar.gz", b"<html>not found</html>", "is damaged"),
    "only gzip": ("a.tar.gz", gzip.compress(b"no archive inside" * 90), "is damaged"),
}


@pytest.mark.parametrize("case", BAD)
def test_archives_that_are_refused_leave_nothing(tmp_path, case):
    name, content, message = BAD[case]
    box = tmp_path / "box"
    box.mkdir()
    (box / name).write_bytes(content)
    limits = Limits(files=10, bytes=2_500_000, bytes_a_file=1_000_000)
    with pytest.raises(Refused, match=message):
        unpack(box / name, box / "deep" / "out", r"(images|PetImages/Cat)/\w+\.jpg", limits)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [name]


def test_what_a_refused_archive_says_when_a_set_is_asked_for(server, monkeypatch, tmp_path):
    server.files["kagglecatsanddogs_5340.zip"] = zipped([("PetImages/Cat/1.jpg", b"x"), ("../../outside.jpg", b"x")])
    agree(monkeypatch, server.files)
    with pytest.raises(Unavailable, match="(?s)Cats-vs-Dogs could not be unpacked: the name '../../outside.jpg' leads out"):
        pets.load("cats-and-dogs")
    assert not list(tmp_path.rglob("outside.jpg")) and not list(tmp_path.rglob("unpacked*"))


def test_an_archive_that_is_unpacked_again_replaces_the_first(tmp_path):
    limits = Limits(files=10, bytes=1000, bytes_a_file=1000)
    for content in (b"one", b"two"):
        (tmp_path / "a.zip").write_bytes(zipped([("images/a.jpg", content), ("notes.txt", b"x")]))
        assert unpack(tmp_path / "a.zip", tmp_path / "out", r"images/\w+\.jpg", limits) == 1
        assert (tmp_path / "out" / "images" / "a.jpg").read_bytes() == content
    assert not (tmp_path / "out" / "notes.txt").exists()
    assert archives.ENTRIES > 1


def test_pictures_that_claim_to_be_enormous_are_left_out(tmp_path):
    Image.new("1", (9000, 9000)).save(tmp_path / "large.png")
    assert pets._picture(tmp_path / "large.png", 8) is None
