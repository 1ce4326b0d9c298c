"""Long lists in short pieces: databases limit how many parameters one statement may bind."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order."""
    iterator = iter(items)
    while piece := list(islice(iterator, size)):
        yield piece
