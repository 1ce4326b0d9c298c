"""What follows a release or a rollback (settings.RELEASES_AFTER)."""

from privacy.services.again import after_release as erase_again
from workorders.services.feed import begin_epoch


def after_release(*, reason: str) -> str:
    """Phones fetch anew, whoever was erased stays erased; says so for people.

    The phones first: the other may fail where the structure is an older one.
    """
    return f"{begin_epoch(reason=reason)}; {erase_again(reason=reason)}"
