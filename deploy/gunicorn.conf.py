"""gunicorn behind nginx. WORKERS and TIMEOUT_S may be set in the environment; the rest is the same on every machine."""

import os
import re
import sys
import traceback

from gunicorn.glogging import Logger

wsgi_app = "findgo.wsgi"
# Used only where nobody hands a socket over: systemd and deploy/supervise do (LISTEN_FDS).
bind = os.environ.get("BIND", "127.0.0.1:8000")

# Sync workers: a request holds one for its queries only, nginx reads from and writes to slow phones.
worker_class = "sync"
workers = int(os.environ.get("WORKERS", 2 * len(os.sched_getaffinity(0)) + 1))
# The longest honest request is an upload of 100 MB or a large export.
timeout = int(os.environ.get("TIMEOUT_S", 300))
# A restart lets requests under way end for this long.
graceful_timeout = 30
max_requests, max_requests_jitter = 5000, 500
worker_tmp_dir = "/dev/shm"  # the heartbeat must not wait for a disk

control_socket_disable = True  # systemd is how it is controlled


class WithoutPeople(Logger):
    """Where a request broke off, gunicorn writes its address and the text of the error; both may name a person."""

    def exception(self, msg, *args, **kwargs):
        error = sys.exc_info()[1]
        frames = "".join(traceback.format_list(traceback.extract_tb(error and error.__traceback__)))
        self.error("%s\n%s%s", without_queries(msg % args if args else msg), frames, type(error).__name__)

    def warning(self, msg, *args, **kwargs):
        super().warning("%s", without_queries(msg % args if args else msg), **kwargs)


def without_queries(text: str) -> str:
    return re.sub(r"\?[^\s'\"<>]*", "?…", str(text))


logger_class = WithoutPeople
accesslog = None  # nginx has it
errorlog = "-"
capture_output = True


def pre_request(worker, req):
    """The client's address, as nginx saw it, where WSGI looks for it.

    A Unix socket has no addresses: without this, REMOTE_ADDR is empty and the login limit, counted per account and
    address, counts per account alone. Over TCP (no nginx of ours in front) nothing is believed.
    """
    address = dict(req.headers).get("X-REAL-IP")
    if address and not isinstance(req.peer_addr, tuple):
        req.proxy_protocol_info = {
            "proxy_protocol": "nginx",
            "client_addr": address,
            "client_port": 0,
            "proxy_addr": "",
            "proxy_port": 0,
        }
