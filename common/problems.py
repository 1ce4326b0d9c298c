"""Refusals by a rule of the domain. Every one has a word as its code, never used again for another thing."""

SIGN_IN = 'Bearer realm="api"'


class Problem(Exception):
    """A refusal by a rule of the domain. Subclasses name `code`, `status` and a message for people."""

    code = "problem"
    status = 400
    message = "The request was refused."

    def __init__(self, message: str | None = None, **details):
        self.message = message or self.message
        self.details = details
        super().__init__(self.message)

    @property
    def headers(self) -> dict[str, str]:
        """What HTTP wants beside the status: how to sign in after 401, when to come again after 429."""
        if self.status == 401:
            return {"WWW-Authenticate": SIGN_IN}
        if "retry_after_s" in self.details:
            return {"Retry-After": str(self.details["retry_after_s"])}
        return {}

    def as_dict(self) -> dict:
        return {"code": self.code, "message": self.message, "details": self.details}


class NotFound(Problem):
    """Unknown and out of scope alike: the answer never tells which."""

    code, status, message = "not_found", 404, "Not found."


class NotAllowed(Problem):
    code, status, message = "not_allowed", 403, "Your role does not allow this."


class Invalid(Problem):
    """Details: field name → list of reasons."""

    code, status, message = "invalid", 400, "Some fields are not right."


def require(user, verb: str) -> None:
    """Raise NotAllowed unless the role of `user` has `verb` (of accounts.verbs)."""
    if not user.may(verb):
        raise NotAllowed()
