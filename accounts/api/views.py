"""Sign in, stay signed in, sign out, and who am I."""

from dataclasses import asdict

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import TokenAuthentication
from accounts.api.shapes import MeOut, PairOut, RefreshIn, SignInIn, SignInOut, rules_out, scope_word, user_out
from accounts.services import tokens
from accounts.services.devices import Phone
from accounts.services.passwords import check_password
from accounts.services.second_factor import refuse_missing, show_code
from common.openapi import answers, open_answers
from common.parameters import Nothing, read_body, read_query


class SignIn(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="sign_in",
        summary="Username and password for an access and a refresh token",
        tags=["auth"],
        request=SignInIn,
        responses=open_answers(200, SignInOut, 401, 403, 415, 429),
    )
    def post(self, request):
        read_query(request)
        given = read_body(request, SignInIn)
        now, browser = timezone.now(), request._request
        user = check_password(browser, username=given["username"], password=given["password"])
        if user is not None:
            show_code(browser, user=user, code=given.get("otp", ""), now=now)
            refuse_missing(user)
        phone = Phone(**given["device"]) if "device" in given else None
        pair = tokens.sign_in(user=user, phone=phone, now=now)
        # Django and django-axes hear of it as of any sign-in: last_login, and the failures before are forgotten.
        user_logged_in.send(sender=user.__class__, request=request._request, user=user)
        return Response(asdict(pair) | {"user": user_out(user)})


class Refresh(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="refresh",
        summary="The next pair of tokens; the same one again for ten minutes",
        tags=["auth"],
        request=RefreshIn,
        responses=open_answers(200, PairOut, 401, 415),
    )
    def post(self, request):
        read_query(request)
        given = read_body(request, RefreshIn)
        return Response(asdict(tokens.renew(**given, now=timezone.now())))


class SignOut(APIView):
    authentication_classes = (TokenAuthentication,)
    accepts_retired = True  # the last thing that a phone does once it has handed in everything

    @extend_schema(
        operation_id="sign_out",
        summary="End this sign-in and all its tokens",
        tags=["auth"],
        request=None,
        responses=answers(204, None),
    )
    def post(self, request):
        read_query(request)
        read_body(request, Nothing)
        tokens.sign_out(token=request.auth, now=timezone.now())
        return Response(status=204)


class Me(APIView):
    @extend_schema(
        operation_id="me",
        summary="Who is signed in, their reach and their rules",
        tags=["auth"],
        responses=answers(200, MeOut),
    )
    def get(self, request):
        read_query(request)
        user = request.user
        device = getattr(request.auth, "device_id", None)
        rules = rules_out(
            user,
            geofence_m=settings.GEOFENCE_M,
            page_size=settings.API_PAGE_SIZE,
            max_page_size=settings.API_MAX_PAGE_SIZE,
            offline=settings.OFFLINE,
            basemap=settings.BASEMAP,
        )
        return Response(user_out(user) | {"scope": scope_word(user), "device": device, "rules": rules})
