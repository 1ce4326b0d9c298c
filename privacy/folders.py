"""Files that may hold a person: everything below var/, MEDIA_ROOT and EVIDENCE_DIR, also inside gz and xlsx.

A text file loses the records that name the person, evidence only the words; anything else that names the person goes
whole: an upload between its trial and its import, an export that somebody left there. Copies of the database are not
touched: `subject reapply` follows a restore.
"""

import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from privacy.canaries import HIDDEN

QUOTED_LINES = 20  # a record spans at most so many lines: one stray quote must not swallow a file
MOST_BYTES = 1024**3  # of one member of an archive
COPIES = re.compile(r"\.(sql|sqlite3?|db)(\.gz)?$|\.sqlite3?[-.](wal|shm|journal|.*lock)$")
OURS = ("secret_key", "erasures.jsonl")


def files() -> Iterator[Path]:
    """Every file that is looked into, each once."""
    seen = set()
    for folder in (settings.VAR_DIR, settings.MEDIA_ROOT, settings.EVIDENCE_DIR):
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                path = Path(root, name)
                if path.is_symlink() or path in seen or name in OURS or COPIES.search(name) or is_database(path):
                    continue
                seen.add(path)
                yield path


def is_database(path: Path) -> bool:
    name = str(connection.settings_dict["NAME"])
    return connection.vendor == "sqlite" and str(path).startswith(name)


def texts_of(path: Path) -> Iterator[str]:
    """What can be read in a file: itself, or the members of its archive."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if not member.is_dir():
                        with archive.open(member) as file:
                            yield decoded(file.read(MOST_BYTES))
            return
        if is_gzip(path):
            with gzip.open(path) as file:
                yield decoded(file.read(MOST_BYTES))
            return
        yield decoded(path.read_bytes())
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError):  # damaged, or gone meanwhile
        if path.exists():
            yield decoded(path.read_bytes())


def is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8", "replace")


def hits(path: Path, pattern: str) -> int:
    """How often the person is named: by the file's own name, and in it."""
    return sum(len(re.findall(pattern, text)) for text in (path.name, *texts_of(path)))


def lines_with(path: Path, pattern: str) -> list[str]:
    """What a file says of the person, for their export."""
    return [record.strip() for text in texts_of(path) for record in records(text) if re.search(pattern, record)]


def erase_file(path: Path, pattern: str) -> str:
    """Take the person out of a file that names them; what was done with it."""
    if path.is_relative_to(settings.EVIDENCE_DIR) and path.suffix in (".md", ".json"):
        rewrite(path, re.sub(pattern, HIDDEN, next(texts_of(path))))
        return "words blacked out"
    text = next(texts_of(path), "")
    if re.search(pattern, path.name):
        path.unlink()
        return "deleted"
    if zipfile.is_zipfile(path) or "\x00" in text or text.lstrip()[:1] in ("{", "["):
        path.unlink()
        return "deleted"
    rewrite(path, "".join(record for record in records(text) if not re.search(pattern, record)))
    return "records removed"


def records(text: str) -> Iterator[str]:
    """Lines, several together where quotes span them, as in a CSV."""
    lines, at = text.splitlines(keepends=True), 0
    while at < len(lines):
        used = 1
        if lines[at].count('"') % 2:
            for more in range(2, QUOTED_LINES + 1):
                if "".join(lines[at : at + more]).count('"') % 2 == 0:
                    used = more
                    break
        yield "".join(lines[at : at + used])
        at += used


def rewrite(path: Path, text: str) -> None:
    """Old or new, never half; with the same mode, packed as before."""
    content = text.encode()
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(gzip.compress(content) if is_gzip(path) else content)
    fresh.chmod(path.stat().st_mode)
    fresh.replace(path)
