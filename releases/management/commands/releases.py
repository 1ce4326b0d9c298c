"""What was released and taken back: `releases`, `releases --json`."""

import json

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from releases import journal

STATES = {"APPLIED": "applied", "UNFINISHED": "HALF DONE", "ROLLED_BACK": "taken back"}


class Command(BaseCommand):
    help = "List the releases: when, by whom, how long, whether there is a way back, what is kept, what is half done."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs")

    def handle(self, *, as_json, **options):
        found = journal.listing()
        if as_json:
            self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, indent=1))
            return
        if not found:
            self.stdout.write("Nothing was released yet: manage.py release")
        for item in found:
            self.tell(item)
        half_done = journal.half_done()
        if half_done:
            self.stdout.write(f"Half done: {half_done}. Finish it: manage.py {half_done.split()[0]} --resume")

    def tell(self, item: dict) -> None:
        out = self.stdout
        took = f" in {item['seconds']:.1f} s" if item["seconds"] is not None else ""
        build = f", build {item['build']}" if item["build"] else ""
        out.write(f"{item['id']:4}  {item['tag']}{build}: {STATES[item['state']]}")
        out.write(f"        {item['at']:%Y-%m-%d %H:%M} UTC by {item['by'] or 'somebody'}{took}")
        out.write(f"        migrations: {shortened(item['migrations'])}")
        if item["taken_back"]:
            back = item["taken_back"]
            took = f" in {back['seconds']:.1f} s" if back["seconds"] is not None else ""
            out.write(f"        taken back {back['at']:%Y-%m-%d %H:%M} UTC by {back['by']}{took}")
        for reason in item["no_way_back"]:
            out.write(f"        no way back: {reason}")
        if item["archived"]:
            rows = sum(kept["rows"] or 0 for kept in item["archived"])
            names = shortened([kept["what"] for kept in item["archived"]])
            out.write(f"        kept: {rows:,} rows of {names} (manage.py archives)")
        if item["rehearsed"]:
            rehearsed = item["rehearsed"]
            word = "PASS" if rehearsed["passed"] else "FAIL"
            out.write(f"        rehearsed {rehearsed['at']:%Y-%m-%d %H:%M} UTC: {word} in {rehearsed['seconds']:.1f} s")


def shortened(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none left") + more
