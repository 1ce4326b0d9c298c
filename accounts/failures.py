"""How django-axes writes failures down here: again where the database says that trying again is right."""

from axes.handlers.database import AxesDatabaseHandler

from common.tx import in_transaction


class FailureHandler(AxesDatabaseHandler):
    """Two first failures at once lock the same gap of its table, and MariaDB undoes one of them."""

    def user_login_failed(self, sender, credentials: dict, request=None, **kwargs) -> None:
        in_transaction(lambda: super(FailureHandler, self).user_login_failed(sender, credentials, request, **kwargs))
