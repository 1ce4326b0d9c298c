"""How a run may end, other than well. Each has an exit code of its own; `docs/rollback.md` says what to do for each."""

from common.problems import Problem

DONE, REFUSED, LOCKED, STOPPED, DRIFTED, UNVERIFIED, NOTHING, DECLINED = 0, 3, 4, 5, 6, 7, 8, 9


class Ended(Problem):
    """A release or a rollback that did not do all that was asked. `reasons` are lines for the operator."""

    exit_code = 1

    def __init__(self, message: str, reasons: list[str] | None = None):
        super().__init__(message)
        self.reasons = reasons or []


class Refused(Ended):
    code, exit_code = "release_refused", REFUSED


class Locked(Ended):
    code, exit_code = "release_locked", LOCKED


class Stopped(Ended):
    code, exit_code = "release_stopped", STOPPED


class Drifted(Ended):
    code, exit_code = "release_drifted", DRIFTED


class Unverified(Ended):
    code, exit_code = "release_unverified", UNVERIFIED


class NothingToDo(Ended):
    code, exit_code = "release_nothing", NOTHING


class Declined(Ended):
    code, exit_code = "release_declined", DECLINED
