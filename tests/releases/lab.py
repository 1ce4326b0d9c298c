"""A database of its own for the product or the lab, each command in a process as an operator runs it."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
AS_PYTHON = "import django; django.setup(); from django.db import connection; "


class Site:
    """`run("release")` gives (exit code, what it printed)."""

    def __init__(
        self, folder: Path, *, name: str = "site", settings_module: str = "findgo.settings", port: int | None = None
    ):
        """`port` is that of a MariaDB server of the test's own."""
        self.name = f"{name}_{os.getpid()}"
        settings = connection.settings_dict
        if port:
            self.server = {**settings, "HOST": "127.0.0.1", "PORT": port, "USER": "root", "PASSWORD": "", "NAME": ""}
        else:
            self.server = {**settings, "HOST": settings["HOST"] or "127.0.0.1", "PORT": settings["PORT"] or 3306}
        if connection.vendor == "mysql":
            user, host, port = (self.server[word] for word in ("USER", "HOST", "PORT"))
            self.url = f"mysql://{user}:{self.server['PASSWORD']}@{host}:{port}/{self.name}"
            self.tell_server(f"DROP DATABASE IF EXISTS {self.name}")
            self.tell_server(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        else:
            self.url = f"sqlite:///{folder / f'{name}.sqlite3'}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "DATABASE_URL": self.url,
            "DEBUG": "on",
            "PYTHONPATH": str(ROOT),
        }

    def tell_server(self, sql: str) -> None:
        other = connection.copy()
        other.settings_dict = self.server
        with other.cursor() as cursor:
            cursor.execute(sql)
        other.close()

    def drop(self) -> None:
        if connection.vendor == "mysql":
            self.tell_server(f"DROP DATABASE IF EXISTS {self.name}")

    def run(self, *words: str, answer: str = "", **environment: str) -> tuple[int, str]:
        """`answer` is what the operator types."""
        return self.process([sys.executable, "manage.py", *words], environment, answer)

    def python(self, code: str) -> str:
        code, said = self.process([sys.executable, "-c", AS_PYTHON + code], {})
        assert code == 0, said
        return said

    def process(self, command: list[str], environment: dict, answer: str = "") -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            input=answer,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr


class Lab(Site):
    """The shapes of `tests.lab` before and after their release."""

    def __init__(self, folder: Path, *, name: str = "lab", port: int | None = None):
        super().__init__(folder, name=name, settings_module="tests.lab.settings", port=port)

    def fill(self, stage: str) -> None:
        self.python(f"from tests.lab.rows import fill; fill(connection, rows=12, stage={stage!r})")

    def dump(self) -> dict:
        """Table → its rows as text."""
        return eval(
            self.python(
                "from tests.lab.rows import dump;"
                "print(repr({table: list(map(repr, rows)) for table, rows in dump(connection).items()}))"
            )
        )

    def fingerprint(self) -> str:
        return self.python(
            "from releases.databases import database_of; from releases.structure import fingerprint;"
            "print(fingerprint(database_of(connection).structure()))"
        )


class Shop(Site):
    """A product whose migrations the test writes; the first makes `shop_thing`, with three things in it."""

    def __init__(self, folder: Path):
        super().__init__(folder, name="shop", settings_module="tests.releases.shop.settings")
        self.folder = folder
        self.environment["SHOP"] = str(folder)
        (folder / "shop_migrations").mkdir()
        (folder / "shop_migrations" / "__init__.py").touch()
        self.last = None
        self.migration(
            "0001_things",
            """migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=20)), ("price", models.IntegerField())])""",
        )

    def migration(self, name: str, operations: str, before: str = "") -> None:
        """Writes a migration after the last one. `before` is code that it needs."""
        needs = f'("shop", "{self.last}")' if self.last else ""
        (self.folder / "shop_migrations" / f"{name}.py").write_text(
            f"from django.db import connection, migrations, models\n{before}\n\n"
            f"class Migration(migrations.Migration):\n    dependencies = [{needs}]\n    operations = [{operations}]\n"
        )
        self.last = name

    def sql(self, *statements: str) -> list:
        """Rows of the last statement."""
        return eval(
            self.python(
                f"cursor = connection.cursor(); [cursor.execute(one) for one in {statements!r}];"
                "print(repr(list(map(list, cursor.fetchall())) if cursor.description else []))"
            )
        )

    def everything(self) -> dict:
        """Structure and rows of all that is the shop's, and the migrations that are applied."""
        return eval(
            self.python(
                "from releases.databases import database_of; from releases.models import is_ours;"
                "database = database_of(connection);"
                "found = {name: facts for name, facts in database.structure().items() if not is_ours(name)};"
                "skip = ('id', 'applied');"
                "print(repr({name: (facts, sorted(map(repr, database.rows('SELECT ' + ', '.join(map(database.quote,"
                " [c for c in facts['columns'] if name != 'django_migrations' or c not in skip])) + ' FROM ' + name))))"
                " for name, facts in found.items()}))"
            )
        )
