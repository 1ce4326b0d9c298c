"""Signs a message and posts it to a receiver of another system. No Django, no database."""

import hashlib
import hmac
import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from urllib.parse import urlsplit

# Without a byte for so long a receiver counts as gone; and a whole message takes no longer than that, drip as it may.
QUIET_S, WHOLE_S = 10.0, 60.0
ALWAYS = {"Content-Type": "application/json", "User-Agent": "FindGo"}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the hex HMAC-SHA256 over timestamp, a dot and the body. `timestamp` is seconds since 1970, as sent."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, headers: dict[str, str]) -> str:
    """'' once the receiver answered 2xx; else why not, in words that hold nothing of the message or the answer.

    Goes to this host alone: no redirect is followed, and `http.client` knows no proxies.
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = connection_to(parts)
    cut = Event()
    watch = Timer(WHOLE_S, hang_up, [connection, cut])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target, body, ALWAYS | headers)
        status = connection.getresponse().status
        reason = "" if 200 <= status < 300 else f"answered {status}"
    except (OSError, HTTPException) as error:
        reason = f"{type(error).__name__} {getattr(error, 'strerror', None) or ''}".strip()
    finally:
        watch.cancel()
        connection.close()
    # An answer that we cut off ourselves may read as a whole one.
    return f"took longer than {WHOLE_S:g} s" if cut.is_set() else reason


def connection_to(parts) -> HTTPConnection:
    if parts.scheme == "https":
        return HTTPSConnection(parts.hostname, parts.port, timeout=QUIET_S, context=ssl.create_default_context())
    return HTTPConnection(parts.hostname, parts.port, timeout=QUIET_S)


def hang_up(connection: HTTPConnection, cut: Event) -> None:
    """End it under the thread that waits for it: closing alone would not wake it, and TLS would want to say goodbye."""
    cut.set()
    with suppress(OSError, AttributeError):  # not connected yet, or closed just now
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
