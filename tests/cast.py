"""Named people in a small country, in plain code. Ask for them by what they are: `cast.agent`, `cast.stranger`."""

from types import SimpleNamespace

from accounts.models import User
from accounts.verbs import Role
from regions.models import Region, Witel

PASSWORD = "rahasia-sekali-26"


def make_user(username: str, role: str, **place) -> User:
    """A user with the password PASSWORD, hashed cheaply (tests set the hasher)."""
    return User.objects.create_user(username, PASSWORD, role=role, name=username.title(), **place)


def make_cast() -> SimpleNamespace:
    """Bandung's own people, and the same roles of another region as strangers."""
    bandung, solo = Witel.objects.get(code="BANDUNG"), Witel.objects.get(code="SOLO")
    west_java = Region.objects.get(code="TREG3")
    return SimpleNamespace(
        bandung=bandung,
        solo=solo,
        agent=make_user("dewi", Role.AGENT, witel=bandung),
        colleague=make_user("ujang", Role.AGENT, witel=bandung),
        stranger=make_user("tri", Role.AGENT, witel=solo),
        supervisor=make_user("siti", Role.SUPERVISOR, witel=bandung),
        other_supervisor=make_user("eko", Role.SUPERVISOR, witel=solo),
        manager=make_user("made", Role.REGION_MANAGER, region=west_java),
        technician=make_user("asep", Role.TECHNICIAN, witel=bandung),
        analyst=make_user("nur", Role.ANALYST, witel=bandung),
        admin=make_user("admin", Role.ADMIN),
        auditor=make_user("putu", Role.AUDITOR),
    )
