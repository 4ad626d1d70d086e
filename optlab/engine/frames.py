"""What the lab and a worker process say to each other: a letter, a length, and that many bytes; never a pickle."""

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from optlab.layout import Array

HEAD = struct.Struct("<cI")
LARGEST = 1 << 26

ORDER, ADVANCE, STOP = b"O", b"A", b"S"
"""To the worker: what to run; how many steps more, with changes of rates; end the runs."""

STATE, SNAPSHOT, FAULT = b"D", b"P", b"E"
"""From the worker: what is recorded by now; a snapshot; why it cannot run at all."""


class FrameError(ValueError):
    """Bytes that are no frame."""


def write(stream: IO[bytes], kind: bytes, payload: bytes = b"") -> None:
    """Write one frame."""
    if len(payload) > LARGEST:
        raise FrameError(f"a frame of {len(payload)} bytes")
    stream.write(HEAD.pack(kind, len(payload)) + payload)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame, waited for; None at the end."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, size = HEAD.unpack(head)
    if size > LARGEST:
        raise FrameError(f"a frame of {size} bytes")
    payload = stream.read(size)
    return (kind, payload) if len(payload) == size else None


def pack(table: dict[str, Any], arrays: Sequence[Array] = ()) -> bytes:
    """A table that JSON knows, and arrays of numbers, as bytes."""
    shapes = [[array.dtype.str, list(array.shape)] for array in arrays]
    head = json.dumps({**table, "arrays": shapes}).encode()
    return b"".join([len(head).to_bytes(4, "little"), head, *(array.tobytes() for array in arrays)])


def unpack(payload: bytes) -> tuple[dict[str, Any], list[Array]]:
    """What `pack` was given; the arrays are copies."""
    at = 4 + int.from_bytes(payload[:4], "little")
    table: dict[str, Any] = json.loads(payload[4:at])
    arrays = []
    for dtype, shape in table["arrays"]:
        kind = np.dtype(dtype)
        if kind.kind not in "fiub":
            raise FrameError(f"an array of {dtype}")
        n = int(np.prod(shape, dtype=np.int64))
        arrays.append(np.frombuffer(payload, kind, n, at).reshape(shape).copy())
        at += n * kind.itemsize
    return table, arrays
