"""Pins: somebody shows where the house is, and every order of that customer follows.

An agent or a technician sets a pin in the app. The customer sets one by a link that works once: its token is in the
link alone, the database keeps the SHA-256.
"""

import hashlib
import secrets
import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from common.problems import NotFound, Problem, require
from common.tx import in_transaction
from customers.locating.fusion import DOOR_FIX_M
from customers.models import Customer, LocationCandidate, LocationCorrection, PinLink
from customers.services import Fix, report_house
from history.models import Change
from history.services import record
from workorders.services.points import refresh_points

Source = LocationCandidate.Source

TOKEN_BYTES = 24  # 192 bits: nobody guesses one, and the link still fits a line
# Links for one customer in 24 hours: enough for one that was lost, too few to be a nuisance.
LINKS_A_DAY = 5
DAY = timedelta(days=1)
INVITATION = (
    "Halo, kami dari Telkom. Agar petugas kami mudah menemukan rumah Anda, mohon buka tautan ini saat Anda sedang di "
    "rumah, lalu kirim lokasinya:\n{address}\nTautan ini berlaku {hours} jam dan hanya untuk sekali pakai. Halaman itu "
    "tidak pernah meminta kata sandi, kode OTP, atau nomor rekening. Terima kasih."
)


class NotAtHouse(Problem):
    code, status = "not_at_house", 400
    message = "Set the pin at the house (is_at_house), or on the map by hand (by_hand)."


class FixOutside(Problem):
    code, status = "fix_outside_indonesia", 400
    message = "This point lies outside Indonesia. Switch location on, go outside and wait for GPS."


class FixTooCoarse(Problem):
    code, status = "fix_too_coarse", 400
    message = "This position is too coarse to tell houses apart. Go outside, wait for GPS, then try again."


class PinChanged(Problem):
    code, status, message = "pin_changed", 409, "A pin with this id but another content was received before."


class TooManyLinks(Problem):
    code, status = "too_many_links", 429
    message = "This customer was sent enough links today. Try again tomorrow."


class LinkGone(Problem):
    """Unknown, used, ended and expired alike: the answer never tells which."""

    code, status, message = "link_gone", 404, "This link is not valid any more."


def place_pin(
    *,
    user,
    customer_id: int,
    pin_id: uuid.UUID,
    fix: Fix,
    observed_on: date,
    is_at_house: bool,
    by_hand: bool = False,
    note: str = "",
    device: str = "",
) -> tuple[LocationCorrection | None, bool]:
    """The house is here, says an agent or a technician. (what became of the point, whether the pin is new)

    The client makes `pin_id`: the same pin again changes nothing, another content under it is PinChanged. Raises
    NotAllowed, NotFound, NotAtHouse, FixOutside, FixTooCoarse.
    """
    require(user, "write_pins")
    if not (is_at_house or by_hand):
        raise NotAtHouse()
    refuse_useless(fix, by_hand=by_hand)
    said = asdict(fix) | {"is_at_house": is_at_house, "by_hand": by_hand}

    def work():
        customer = find_customer(user, customer_id)
        stored = Change.objects.filter(
            target_type="customer", target_id=str(customer.pk), verb="pin", cause=pin_id
        ).first()
        if stored is not None:
            if (stored.actor_id, stored.after, stored.reason) != (user.pk, said, note):
                raise PinChanged()
            return LocationCorrection.objects.filter(customer=customer, evidence=str(pin_id)).first(), False
        correction = report_house(
            customer=customer,
            source=Source.AGENT_PIN,
            evidence=str(pin_id),
            fix=fix,
            observed_on=observed_on,
            actor=user.username,
            device=device,
        )
        record(actor=user, verb="pin", target=customer, after=said, reason=note, cause=pin_id)
        refresh_points(customers=[customer.pk], actor=user, cause=pin_id)
        return correction, True

    return in_transaction(work)


def refuse_useless(fix: Fix, *, by_hand: bool = False) -> None:
    """A pin that cannot tell one house from another would only blur what is known."""
    if not fix.is_usable:
        raise FixOutside()
    if not fix.is_at_a_door:
        message = "Zoom in until you see single houses, then set the pin again." if by_hand else None
        raise FixTooCoarse(message, accuracy_m=fix.accuracy_m, most_m=DOOR_FIX_M)


def find_customer(user, pk: int) -> Customer:
    """The customer if `user` may see the point; otherwise NotFound, whether or not there is one. Locks the row."""
    if not Customer.objects.visible_to(user).filter(pk=pk).exists():
        raise NotFound()
    return Customer.objects.select_for_update().get(pk=pk)


def create_pin_link(*, user, customer_id: int, now: datetime) -> tuple[PinLink, str]:
    """A link by which this customer shows the house: its row, and its token in clear, once. Earlier links end.

    Raises NotAllowed, NotFound, TooManyLinks.
    """
    require(user, "send_pin_links")

    def work():
        customer = find_customer(user, customer_id)
        links = PinLink.objects.filter(customer=customer)
        refuse_too_many(links, now)
        links.usable(now).update(expires_at=now)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        link = PinLink.objects.create(
            customer=customer,
            token_hash=sha256(token),
            created_by=user,
            created_at=now,
            expires_at=now + timedelta(hours=settings.PIN_LINK_HOURS),
        )
        after = {"customer": customer.pk, "expires_at": link.expires_at.isoformat()}
        record(actor=user, verb="create_pin_link", target=link, after=after)
        return link, token

    return in_transaction(work)


def refuse_too_many(links, now: datetime) -> None:
    recent = list(links.filter(created_at__gt=now - DAY).order_by("-created_at").values_list("created_at", flat=True))
    if len(recent) >= LINKS_A_DAY:
        free_at = recent[LINKS_A_DAY - 1] + DAY
        raise TooManyLinks(retry_after_s=int((free_at - now).total_seconds()) + 1)


def invitation(address: str) -> str:
    """What is sent to the customer with the link. Others may read it: no name, no number, nothing of a bill."""
    return INVITATION.format(address=address, hours=settings.PIN_LINK_HOURS)


def find_pin_link(*, token: str, now: datetime) -> PinLink:
    """The link while it may be used; LinkGone for every other token."""
    link = PinLink.objects.usable(now).select_related("customer__witel").filter(token_hash=sha256(token)).first()
    if link is None:
        raise LinkGone()
    return link


def take_customer_pin(*, token: str, fix: Fix, now: datetime) -> None:
    """The house is here, says its customer; the link is used up by it. Raises LinkGone, FixOutside, FixTooCoarse.

    A fix that is refused leaves the link as it was.
    """

    def work():
        link = find_pin_link(token=token, now=now)
        refuse_useless(fix)
        customer = Customer.objects.select_for_update().get(pk=link.customer_id)
        # Two answers to one link at the same moment: the row count says which was first.
        if not PinLink.objects.usable(now).filter(pk=link.pk).update(used_at=now):
            raise LinkGone()
        report_house(
            customer=customer,
            source=Source.CUSTOMER_PIN,
            evidence=str(link.pk),
            fix=fix,
            observed_on=timezone.localdate(now, link.customer.witel.zone),
            actor="",
        )
        record(actor=None, verb="pin", target=customer, after=asdict(fix) | {"link": link.pk})
        refresh_points(customers=[customer.pk])

    in_transaction(work)


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
