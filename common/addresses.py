"""Whom a request comes from, as far as that can be believed."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings


def client_address(request) -> str:
    """The client's IP address: the peer's, or with BEHIND_PROXY what the proxy says in X-Real-IP.

    deploy/nginx overwrites that header. X-Forwarded-For is never read: its first part is whatever a client wrote there.
    """
    said = request.META.get("HTTP_X_REAL_IP", "") if settings.BEHIND_PROXY else ""
    try:
        return str(ip_address(said.strip()))
    except ValueError:
        return request.META.get("REMOTE_ADDR", "")


def network_of(address: str) -> str:
    """What one customer of a network provider has: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return found.exploded[:19] if isinstance(found, IPv6Address) else str(found)
