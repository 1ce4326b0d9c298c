from tests.dashboard.conftest import journal_tables  # noqa: F401
