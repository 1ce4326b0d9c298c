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

    def __init__(self, folder: Path, *, name: str = "site", settings_module: str = "findgo.settings"):
        self.name = f"{name}_{os.getpid()}"
        settings = connection.settings_dict
        if connection.vendor == "mysql":
            host, port = settings["HOST"] or "127.0.0.1", settings["PORT"] or 3306
            self.url = f"mysql://{settings['USER']}:{settings['PASSWORD']}@{host}:{port}/{self.name}"
            self.make_database()
        else:
            self.url = f"sqlite:///{folder / f'{name}.sqlite3'}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "DATABASE_URL": self.url,
            "DEBUG": "on",
            "PYTHONPATH": str(ROOT),
        }

    def make_database(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name}")
            cursor.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")

    def drop(self) -> None:
        if connection.vendor == "mysql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {self.name}")

    def run(self, *words: str, **environment: str) -> tuple[int, str]:
        return self.process([sys.executable, "manage.py", *words], environment)

    def python(self, code: str) -> str:
        code, said = self.process([sys.executable, "-c", AS_PYTHON + code], {})
        assert code == 0, said
        return said

    def process(self, command: list[str], environment: dict) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
        )
        return done.returncode, done.stdout + done.stderr


class Lab(Site):
    """The shapes of `tests.lab` before and after their release."""

    def __init__(self, folder: Path):
        super().__init__(folder, name="lab", settings_module="tests.lab.settings")

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
