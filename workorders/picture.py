"""Pictures that may be shown, made from what phones send: read in a child process that may die without harm.

17 kB of PNG can hold 700 MB. The child has limits on memory, processor and what it writes; it gets no environment, so
that it knows no secret. It runs `picture_child.py`, which imports nothing of ours.
"""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workorders.picture_child import DAMAGED, NOT_A_PICTURE, TOO_LARGE

CHILD = Path(__file__).with_name("picture_child.py")
MEMORY_BYTES = 512 * 1024**2
SECONDS = 30  # by the clock; the processor's limit comes first unless the machine is overloaded
STOPPED = (-signal.SIGTERM, -signal.SIGINT)
MEANING = {TOO_LARGE: "too_large", DAMAGED: "damaged", NOT_A_PICTURE: "not_a_picture"}


class PictureRefused(Exception):
    """`args[0]` is a VisitPhoto.Reason."""


class ChildFailed(Exception):
    """The child did not run: that says nothing of the picture."""


@dataclass(frozen=True)
class Made:
    """Size of the picture in pixels, and what the camera wrote: degrees, ISO time (with an offset if it had one)."""

    width: int
    height: int
    lat: float | None
    lon: float | None
    time: str


def make_picture(source: Path, picture: Path, thumb: Path) -> Made:
    """Writes `picture` and `thumb` (JPEG without metadata) from `source`. Raises PictureRefused, ChildFailed."""
    command = [sys.executable, "-I", str(CHILD), str(source), str(picture), str(thumb), str(MEMORY_BYTES)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={})
    except subprocess.TimeoutExpired as error:
        raise ChildFailed(f"took longer than {SECONDS} s") from error
    if done.returncode in STOPPED:
        raise ChildFailed("stopped from outside")
    if done.returncode < 0:  # a decoder that aborts, the kernel out of memory, or the processor's limit
        raise PictureRefused("too_large")
    if done.returncode in MEANING:
        raise PictureRefused(MEANING[done.returncode])
    if done.returncode:
        raise ChildFailed(done.stderr.decode(errors="replace")[-500:])
    return Made(**json.loads(done.stdout))
