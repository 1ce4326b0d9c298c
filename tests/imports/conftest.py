from tests.imports.feeds import feed  # noqa: F401
from tests.workorders.conftest import phone_of  # noqa: F401
