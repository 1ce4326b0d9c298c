from tests.imports.feeds import feed  # noqa: F401
