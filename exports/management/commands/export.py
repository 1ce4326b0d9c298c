"""python manage.py export workorders --format xlsx --out orders.xlsx --witel BANDUNG --state open"""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common.problems import Problem
from exports.nouns import NOUNS
from exports.selection import Selection
from exports.services import CONTENT_TYPES, open_export
from regions.scope import Scope

# Which filters each noun has; asking for another is a mistake, never silently all rows.
OPTIONS = {
    "customers": {"grade"},
    "workorders": {"grade", "state", "since", "until"},
    "visits": {"since", "until"},
    "confirmed-points": {"grade", "relation"},
}


class Console:
    """The person at the machine: no account, the whole country, nothing masked."""

    scope = Scope(everything=True)

    def may(self, verb: str) -> bool:
        return verb != "write_visits"


class Command(BaseCommand):
    help = "Write customers, work orders, visits or confirmed points to a file, as a dashboard download would."

    def add_arguments(self, parser):
        parser.add_argument("noun", choices=NOUNS)
        parser.add_argument("--format", choices=CONTENT_TYPES, required=True)
        parser.add_argument("--out", required=True, type=Path)
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--witel", help="code, as in BANDUNG")
        place.add_argument("--region", help="code, as in TREG3")
        parser.add_argument("--state", help="of the order; open = all open ones")
        parser.add_argument("--grade", help="A, B, C, D, or none")
        parser.add_argument("--relation", help="of a confirmed point to the record: confirms, corrects, adds")
        parser.add_argument("--since", help="first day, as in 2026-11-01")
        parser.add_argument("--until", help="last day")
        parser.add_argument("--columns", help="keys with commas between; the usual set when left out")
        parser.add_argument("--sort", help="a column's key, with - in front for descending")
        parser.add_argument("--user", help="act as this user: that reach, that masking, that name in the access log")

    def handle(self, *, noun, out, user, **options):
        actor = find_actor(user)
        asked = asked_for(noun, options)
        selection = Selection(NOUNS[noun], actor or Console(), asked, are_phones_whole=actor is None)
        partial = out.with_name(f"{out.name}.part")
        try:
            rows, pieces = open_export(selection=selection, form=options["format"], actor=actor)
            with partial.open("wb") as file:
                file.writelines(pieces)
            os.replace(partial, out)
        except Problem as problem:
            details = "; ".join(f"{name}: {' '.join(map(str, why))}" for name, why in problem.details.items())
            raise CommandError(f"{problem.message} {details}".strip()) from problem
        except OSError as error:
            raise CommandError(f"Cannot write {out}: {error.strerror}.") from error
        finally:
            partial.unlink(missing_ok=True)
        self.stdout.write(f"{rows} rows written to {out}")


def find_actor(username: str | None) -> User | None:
    if username is None:
        return None
    actor = User.objects.filter(username=username, is_active=True).first()
    if actor is None:
        raise CommandError(f"There is no active user {username}.")
    return actor


def asked_for(noun: str, options: dict) -> dict:
    given = {name: options[name] for name in ("state", "grade", "relation", "since", "until") if options[name]}
    if foreign := given.keys() - OPTIONS[noun]:
        raise CommandError(f"{noun} cannot be filtered by {', '.join(sorted(foreign))}.")
    where = (
        f"witel:{options['witel']}" if options["witel"] else f"region:{options['region']}" if options["region"] else ""
    )
    return given | {"where": where, "columns": options["columns"] or "", "sort": options["sort"] or ""}
