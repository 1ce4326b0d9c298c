"""Ids that clients make: UUIDs of the variant of RFC 9562, as every library makes them."""

import uuid


def read_id(text: str) -> uuid.UUID:
    """The id in any of its spellings. ValueError for everything else: MariaDB's own type cannot hold it."""
    if not isinstance(text, str):
        raise ValueError("An id is text.")
    found = uuid.UUID(text)
    if found.variant != uuid.RFC_4122:
        raise ValueError("Not a UUID of RFC 9562.")
    return found


def id_or_none(text) -> uuid.UUID | None:
    try:
        return read_id(text)
    except ValueError:
        return None
