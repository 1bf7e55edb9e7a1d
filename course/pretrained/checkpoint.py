"""PyTorch checkpoint files read with NumPy alone: weights and nothing else, whatever the file says.

A checkpoint is a pickle, and unpickling runs whatever the file names. So the file's SHA-256 is compared first, and then
the reader below knows three names only; anything else is refused before it runs.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from course.pretrained.errors import Tampered

# The format of torch.save before version 1.6: pickles of these two numbers, of the machine's type sizes, of the tensors
# without their numbers, and of the storages' keys; then for each key the count of numbers and the numbers themselves.
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype
    size: int


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class _DType:
    """Stands for torch.FloatStorage and its kind: a name, nothing that can be called."""

    def __init__(self, name: str) -> None:
        self.dtype = _DTYPES[name]


def _rebuild(storage: Any, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> _Tensor:
    if not isinstance(storage, _Storage):
        raise Tampered("a tensor has no storage")
    return _Tensor(storage, int(offset), tuple(map(int, shape)), tuple(map(int, stride)))


class _Reader(pickle.Unpickler):
    """An unpickler that can build dictionaries and descriptions of tensors, and can call nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _DTYPES:
            return _DType(name)
        raise Tampered(f"the file asks for {module}.{name}, which is no weight")

    def persistent_load(self, pid: Any) -> _Storage:
        if not (isinstance(pid, tuple) and len(pid) == 6 and pid[0] == "storage" and isinstance(pid[1], _DType)):
            raise Tampered("a storage is described in an unknown way")
        return _Storage(str(pid[2]), pid[1].dtype, int(pid[4]))


def read(path: Path, digest: str | None = None) -> dict[str, np.ndarray]:
    """The arrays of the checkpoint at `path` by name; `digest` is the SHA-256 that the file must have. Raises Tampered."""
    content = path.read_bytes()  # read once: what is hashed is what is parsed
    if digest is not None and (found := sha256(content).hexdigest()) != digest:
        raise Tampered(f"{path} is not the published file: its SHA-256 is {found[:16]}…, the published one is {digest[:16]}…")
    try:
        return _parse(io.BytesIO(content))
    except Tampered as error:
        raise Tampered(f"{path} is refused: {error}") from None
    except Exception as error:  # a broken pickle can raise anything
        raise Tampered(f"{path} is not a checkpoint that can be read ({type(error).__name__}: {error})") from None


def _parse(file: io.BytesIO) -> dict[str, np.ndarray]:
    if _Reader(file).load() != _MAGIC or _Reader(file).load() != _PROTOCOL:
        raise Tampered("it does not begin as torch.save begins its files")
    machine = _Reader(file).load()
    if not machine.get("little_endian", False):
        raise Tampered("its numbers are stored big-endian")
    tensors = _Reader(file).load()
    keys = _Reader(file).load()
    if not (isinstance(tensors, dict) and all(isinstance(tensor, _Tensor) for tensor in tensors.values())):
        raise Tampered("it holds something else than named tensors")
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    data = {key: _numbers(file, storages[key]) for key in keys}
    return {str(name): _array(tensor, data[tensor.storage.key]) for name, tensor in tensors.items()}


def _numbers(file: io.BytesIO, storage: _Storage) -> np.ndarray:
    (count,) = struct.unpack("<q", file.read(8))
    raw = file.read(max(count, 0) * storage.dtype.itemsize)
    if count != storage.size or len(raw) != count * storage.dtype.itemsize:
        raise Tampered("a storage is shorter or longer than it says")
    return np.frombuffer(raw, storage.dtype)


def _array(tensor: _Tensor, numbers: np.ndarray) -> np.ndarray:
    # The published weights came from TensorFlow and are stored with their axes turned: strides say how.
    last = tensor.offset + sum((length - 1) * step for length, step in zip(tensor.shape, tensor.stride, strict=True))
    if min((tensor.offset, *tensor.stride, *(length - 1 for length in tensor.shape))) < 0 or last >= len(numbers):
        raise Tampered("a tensor lies outside its storage")
    steps = [step * numbers.itemsize for step in tensor.stride]
    return as_strided(numbers[tensor.offset :], tensor.shape, steps, writeable=False).copy(order="C")
