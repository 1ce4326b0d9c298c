import pytest

from tests.dashboard.conftest import journal_tables  # noqa: F401


@pytest.fixture
def places(settings, tmp_path):
    """The folders that hold files, of this test alone; and the ledger's file."""
    for name in ("VAR_DIR", "MEDIA_ROOT", "EVIDENCE_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        setattr(settings, name, folder)
    settings.ERASURE_LEDGER = settings.VAR_DIR / "privacy" / "erasures.jsonl"
    return settings
