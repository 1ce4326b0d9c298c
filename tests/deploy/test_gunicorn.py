"""Whose address Django sees behind nginx."""

import runpy
from types import SimpleNamespace

from findgo.env import BASE_DIR


def told(peer, headers) -> dict | None:
    pre_request = runpy.run_path(str(BASE_DIR / "deploy/gunicorn.conf.py"))["pre_request"]
    request = SimpleNamespace(peer_addr=peer, headers=headers, proxy_protocol_info=None)
    pre_request(SimpleNamespace(), request)
    return request.proxy_protocol_info


def test_address_that_nginx_saw_is_taken_from_the_unix_socket():
    assert told("", [("HOST", "findgo.test"), ("X-REAL-IP", "203.0.113.9")])["client_addr"] == "203.0.113.9"


def test_nobody_is_believed_over_tcp():
    assert told(("203.0.113.9", 4711), [("X-REAL-IP", "10.0.0.1")]) is None


def test_socket_without_nginx_has_no_address():
    assert told("", [("HOST", "findgo.test")]) is None
