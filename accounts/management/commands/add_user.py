import getpass
import sys

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.users import add_user, update_user
from accounts.verbs import Role
from common.problems import Problem


class Command(BaseCommand):
    help = "Makes an account: add_user siti --role SUPERVISOR --scope witel:BANDUNG"

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--role", required=True, type=str.upper, choices=Role.values)
        parser.add_argument("--scope", required=True, help="all, region:TREG3 or witel:BANDUNG")
        parser.add_argument("--password", help="asked for on a terminal; here others can see it (ps)")
        parser.add_argument("--name", default="", help="as colleagues know the person")
        parser.add_argument("--update", action="store_true", help="change the account of this name")

    def handle(self, *, username, role, scope, password, name, update, **options):
        if not update and User.objects.filter(username__iexact=username).exists():
            raise CommandError(f"The username {username} is taken. To change that account, add --update.")
        if password is None and not update:
            password = self.ask_password()
        verb = update_user if update else add_user
        try:
            user = verb(by=None, username=username, role=role, scope=scope, password=password, name=name)
        except Problem as problem:
            raise CommandError(problem.message) from problem
        done = "Changed" if update else "Added"
        self.stdout.write(f"{done} {user.username}: {user.role}, {user.witel or user.region or 'all of the country'}.")

    def ask_password(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask for a password: give --password.")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise CommandError("The two passwords differ. Nothing was written.")
        return password
