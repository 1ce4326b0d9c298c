"""Who is asking: a phone or an integrator by its token, a browser by its session."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.services import tokens
from accounts.services.devices import DeviceRetired
from accounts.services.second_factor import refuse_missing
from common.problems import SIGN_IN


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. `request.auth` is the token's row, so `request.auth.device` is the phone.

    The token, its end, the phone and the user are checked at every request: revoking is immediate. A lost phone is
    refused everywhere; a retired one enters only views that say `accepts_retired = True`, where it hands in what it
    still holds.
    """

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        now = timezone.now()
        token = tokens.find_token(words[1].decode("ascii", "replace"), now) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed("This token is not valid any more. Sign in again.")
        tokens.note_seen(token, now)
        view = (getattr(request, "parser_context", None) or {}).get("view")
        if token.device and token.device.is_retired and not getattr(view, "accepts_retired", False):
            raise DeviceRetired()
        refuse_missing(token.user)
        return token.user, token

    def authenticate_header(self, request):
        return SIGN_IN


class BrowserAuthentication(SessionAuthentication):
    """The dashboard's session, with its CSRF token on whatever writes."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found and not found[0].is_in_service(timezone.localdate()):
            return None
        return found
