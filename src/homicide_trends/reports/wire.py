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
    """The parts of the next message; like ``whole``.

    >>> import io
    >>> unpacked(io.BytesIO(packed([b"one", b""])).read)
    [b'one', b'']
    """
    (number,) = _NUMBER.unpack(whole(read, _NUMBER.size))
    lengths = struct.unpack(f"!{number}Q", whole(read, 8 * number))
    return [whole(read, length) for length in lengths]


def whole(read: Callable[[int], bytes], length: int) -> bytes:
    """As many bytes, by a function that reads some, and none at the end; then raises EOFError.

    >>> import io
    >>> whole(io.BytesIO(b"and more").read, 3)
    b'and'
    """
    content = bytearray()
    while len(content) < length:
        piece = read(length - len(content))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)
