"""Messages over a stream socket: several parts of bytes, with their number and lengths first."""

import struct
from collections.abc import Callable, Sequence

_NUMBER = struct.Struct("!I")


def packed(parts: Sequence[bytes]) -> bytes:
    r"""Parts as they travel.

    >>> packed([b"one"])
    b'\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03one'
    """
    lengths = struct.pack(f"!{len(parts)}Q", *map(len, parts))
    return b"".join([_NUMBER.pack(len(parts)), lengths, *parts])


def unpacked(read: Callable[[int], bytes]) -> list[bytes]:
    """The parts of the next message, by a function that reads as many bytes as it is asked for.

    >>> import io
    >>> unpacked(io.BytesIO(packed([b"one", b""])).read)
    [b'one', b'']
    """
    (number,) = _NUMBER.unpack(read(_NUMBER.size))
    return [read(length) for length in struct.unpack(f"!{number}Q", read(8 * number))]
