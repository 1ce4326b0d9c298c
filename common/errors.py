"""The one shape of every error of the API: `{"code": …, "message": …, "details": {…}}`."""

import logging

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from common.problems import Problem

log = logging.getLogger(__name__)

CODES = {
    400: "invalid",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "server_error",
    503: "try_again",
}


def shape(status_code: int, message: str, details: dict | None = None, code: str | None = None) -> dict:
    return {"code": code or CODES.get(status_code, "problem"), "message": message, "details": details or {}}


def exception_handler(error, context):
    """DRF's hook: any exception of a view becomes `{code, message, details}`."""
    if isinstance(error, Problem):
        return Response(error.as_dict(), status=error.status, headers=error.headers)
    if isinstance(error, (OperationalError, InterfaceError)):
        log.exception("database")
        return Response(shape(503, "The database is busy. Try again."), status=503, headers={"Retry-After": "2"})
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, SuspiciousOperation):  # such as a thousand parameters: Django refuses, we say it in JSON
        return Response(shape(400, "The request makes no sense."), status=400)
    response = drf_exception_handler(error, context)
    if response is None:
        log.error("unexpected", exc_info=error)
        return Response(shape(500, "Something went wrong here. It was noted."), status=500)
    message, details = "Some fields are not right.", response.data
    if not isinstance(error, exceptions.ValidationError):
        message, details = str(error.detail), {}
    if isinstance(error, exceptions.ParseError):
        response.data = shape(status.HTTP_400_BAD_REQUEST, message, code="not_json")
        return response
    if not isinstance(details, dict):
        details = {"non_field_errors": details}
    response.data = shape(response.status_code, message, details)
    return response


def json_problem(status_code: int, message: str, details: dict | None = None) -> JsonResponse:
    """The same shape for answers given outside the REST framework."""
    return JsonResponse(shape(status_code, message, details), status=status_code)
