"""Settings of a site whose database and files are all below the folder PLACE."""

import os
from pathlib import Path

from findgo.settings import *  # noqa: F403

PLACE = Path(os.environ["PLACE"])
VAR_DIR = PLACE / "var"
MEDIA_ROOT = VAR_DIR / "media"
EVIDENCE_DIR = PLACE / "evidence"
ERASURE_LEDGER = VAR_DIR / "privacy" / "erasures.jsonl"
