"""What the schema says of every endpoint: the one shape of errors, and which of them to expect."""

from rest_framework import serializers


class ProblemOut(serializers.Serializer):
    """Every error: a word that is never reused, a sentence for people, and what it is about."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField(help_text="field or parameter → reasons")


def answers(status: int, body, *errors: int) -> dict:
    """Responses of an endpoint: its success, what every endpoint may refuse with, and its own errors."""
    return {status: body} | {code: ProblemOut for code in sorted({400, 401, 403, 405, 406, *with_body(errors)})}


def open_answers(status: int, body, *errors: int) -> dict:
    """The same for an endpoint that needs no sign-in."""
    return {status: body} | {code: ProblemOut for code in sorted({400, 405, 406, *with_body(errors)})}


def with_body(errors) -> set[int]:
    """What reads a body (and so may answer 415) may find it too large."""
    return {*errors, 413} if 415 in errors else {*errors}
