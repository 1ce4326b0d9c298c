"""The product as a WSGI server sees it, every request in a transaction that is taken back; and who asks."""

from contextlib import contextmanager

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from tests.security.country import sign_in_phone

ROLES = ("agent", "supervisor", "technician", "admin", "auditor", "analyst", "manager")


class Site:
    """A WSGI application that counts. `statuses` is status → how often."""

    def __init__(self):
        self.handler, self.statuses = WSGIHandler(), {}

    def __call__(self, environ, start_response):
        environ["wsgi.url_scheme"] = "https"  # as behind the proxy: plain HTTP is only redirected
        with kept_connection(), transaction.atomic():
            response = self.handler(environ, start_response)
            content = b"".join(response)
            response.close()
            transaction.set_rollback(True)
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        return [content]

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


@contextmanager
def kept_connection():
    """A server closes its connections between requests; here the test's own transaction is on it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def sign_in(cast, phone=None) -> list[dict]:
    """The headers with which requests come: nobody's, the agent's, the others'. `phone` is the id of the agent's."""
    keys = [sign_in_phone(getattr(cast, role), phone if role == "agent" else None) for role in ROLES]
    return [{}, *({"Authorization": f"Bearer {key}"} for key in keys)]
