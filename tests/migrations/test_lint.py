"""Every migration of ours keeps the rules of `lint`, and each rule is seen to catch what breaks it."""

import pytest
from django.apps import apps

from tests.migrations.lint import ROOT, folders, problems

FIRST = """
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Shop", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField(null=True))]),
        migrations.AddField("Shop", "code", models.CharField(max_length=9)),
    ]
"""


def second(operations: str, *, imports: str = "", inside: str = "", needs: str = "0001_shops") -> str:
    """A migration after the first one. Line 4 is the first line of `imports`."""
    return f"""
from django.db import migrations, models
from django.db.migrations import RunPython, RunSQL
{imports}

def fill(apps, schema_editor):
    apps.get_model("town", "Shop").objects.update(size=1)

def empty(apps, schema_editor):
    apps.get_model("town", "Shop").objects.update(size=None)

def nothing(apps, schema_editor):
    \"\"\"Takes nothing back.\"\"\"

class Migration(migrations.Migration):
    {inside}
    dependencies = [("town", "{needs}")]
    operations = [
        {operations}
    ]
"""


@pytest.fixture
def found(tmp_path):
    """`found({name: text})` is what the lint says of an app with these migrations after the first one."""

    def lint(files: dict[str, str]) -> list[str]:
        folder = tmp_path / "town" / "migrations"
        folder.mkdir(parents=True)
        for name, text in {"__init__": "", "0001_shops": FIRST, **files}.items():
            (folder / f"{name}.py").write_text(text)
        return problems(folder)

    return lint


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.parent.name)
def test_migrations_can_be_released_and_taken_back(folder):
    assert problems(folder) == []


def test_no_app_of_ours_is_overlooked():
    installed = [config for config in apps.get_app_configs() if config.path == str(ROOT / config.name)]
    with_tables = {config.label for config in installed if any(m._meta.managed for m in config.get_models())}
    assert {"regions", "accounts", "customers", "workorders", "imports", "history"} <= with_tables
    assert {folder.parent.name for folder in folders()} == with_tables


GOOD = {
    "may be empty": 'migrations.AddField("Shop", "note", models.TextField(null=True)),',
    "has a default in the database": 'migrations.AddField("Shop", "open", models.BooleanField(db_default=True)),',
    "is a table between": 'migrations.AddField("Shop", "near", models.ManyToManyField("town.Shop")),',
    "is made by the database": """migrations.AddField("Shop", "twice", models.GeneratedField(
            expression=models.F("size") * 2, output_field=models.IntegerField(null=True), db_persist=True)),""",
    "is new with its table": """migrations.CreateModel("Street", [("id", models.BigAutoField(primary_key=True))]),
        migrations.RenameModel("Street", "Road"),
        migrations.AddField("Road", "name", models.CharField(max_length=9)),""",
    "gets a default as it closes": 'migrations.AlterField("Shop", "size", models.IntegerField(db_default=0)),',
    "changes rows both ways": "RunPython(fill, empty),",
    "changes rows in SQL": 'RunSQL([("UPDATE town_shop SET size = %s", [1])], "-- back\\nUPDATE town_shop SET size = NULL"),',
    "says why nothing comes back": "RunPython(fill, RunPython.noop),  # the column goes with the next step back",
    "says it above": """# Sizes of 1 are right in the build before this one too.
        RunSQL("UPDATE town_shop SET size = 1", RunSQL.noop),""",
    "options beside rows": 'migrations.AlterModelOptions("Shop", {"ordering": ["id"]}), RunPython(fill, empty),',
}


@pytest.mark.parametrize("operations", GOOD.values(), ids=GOOD)
def test_what_is_right_passes(found, operations):
    assert found({"0002_sizes": second(operations)}) == []


SEED = "RunPython(fill, empty),"
BAD = {
    "AddField NOT NULL": (
        'migrations.AddField("Shop", "open", models.BooleanField(default=True)),',
        "AddField Shop.open: a new column",
    ),
    "AddField of a link": (
        'migrations.AddField("Shop", "near", models.ForeignKey("town.Shop", models.CASCADE)),',
        "AddField Shop.near: a new column",
    ),
    "AddField inside another operation": (
        """migrations.SeparateDatabaseAndState(database_operations=[
            migrations.AddField("Shop", "open", models.BooleanField(default=True))]),""",
        "AddField Shop.open: a new column",
    ),
    "AddField to a table that got its name here": (
        """migrations.RenameModel("Shop", "Kiosk"),
        migrations.AddField("Kiosk", "open", models.BooleanField(default=True)),""",
        "AddField Kiosk.open: a new column",
    ),
    "an order as a new column": (
        'migrations.AlterOrderWithRespectTo("Shop", "size"),',
        "AlterOrderWithRespectTo Shop: its new column",
    ),
    "AlterField to NOT NULL": (
        'migrations.AlterField("Shop", "size", models.IntegerField(default=0)),',
        "AlterField Shop.size: a column that could be empty",
    ),
    "AlterField to NOT NULL after a rename": (
        """migrations.RenameField("Shop", "size", "area"),
        migrations.AlterField("Shop", "area", models.IntegerField(default=0)),""",
        "AlterField Shop.area: a column that could be empty",
    ),
    "RunPython without a way back": ("RunPython(fill),", "it has no reverse_code; give it a way back"),
    "RunSQL without a way back": ('RunSQL("UPDATE town_shop SET size = 1"),', "it has no reverse_sql; give it"),
    "a noop without a reason": ("RunPython(fill, RunPython.noop),", "RunPython in line 19: its way back does nothing"),
    "a noop with an excuse": ("RunPython(fill, RunPython.noop),  # noqa: E501", "its way back does nothing"),
    "a noop under the comment of another": (
        "RunPython(fill, empty),  # sizes as they were before\n        RunPython(fill, reverse_code=RunPython.noop),",
        "RunPython in line 20: its way back does nothing",
    ),
    "a noop of one's own": ("RunPython(fill, nothing),", "RunPython in line 19: its way back does nothing"),
    "a noop in SQL": ('RunSQL("DELETE FROM town_shop", ""),', "RunSQL in line 19: its way back does nothing"),
    "a comment for SQL": ('RunSQL("DELETE FROM town_shop", "-- gone"),', "RunSQL in line 19: its way back"),
    "a noop that is not written out": (
        "*[RunPython(code, RunPython.noop) for code in (fill, empty)],",
        "not each is written out",
    ),
    "rows beside structure": (
        SEED + ' migrations.AddField("Shop", "note", models.TextField(null=True)),',
        "RunPython (Raw Python operation) changes rows beside AddField (Add field note to Shop); make two",
    ),
    "SQL of both kinds": (
        'RunSQL("CREATE INDEX i ON town_shop (size); UPDATE town_shop SET size = 1", "DROP INDEX i"),',
        "RunSQL (Raw SQL operation) changes rows beside RunSQL",
    ),
    "rows behind a comment and a WITH": (
        """RunSQL("/* all */ WITH a AS (SELECT 1) UPDATE town_shop SET size = 1", "DROP INDEX i"),""",
        "changes rows beside",
    ),
    "rows in a way back": (
        'RunSQL("CREATE INDEX i ON town_shop (size)", ["DROP INDEX i", ("DELETE FROM town_shop", [])]),',
        "changes rows beside",
    ),
    "RunPython outside a transaction": (
        "RunPython(fill, empty, atomic=False),",
        "atomic = False in line 19: what stops in the middle",
    ),
}


@pytest.mark.parametrize(("operations", "message"), BAD.values(), ids=BAD)
def test_an_operation_that_breaks_a_rule_is_named(found, operations, message):
    (line,) = found({"0002_sizes": second(operations)})
    assert line.startswith("town/migrations/0002_sizes.py: ")
    assert message in line


@pytest.mark.parametrize(
    "imports",
    [
        "import customers.models",  # what Django writes for default=customers.models.x
        "from customers.models import Customer",
        "from customers import models as today",
        "from .. import models as today",
        "from ..models import Shop",
        "import rest_framework",
        "from django.apps import apps",
        "import django.apps",
        "from django.contrib.auth import get_user_model",
        "from django.utils.module_loading import import_string",
        "from importlib import import_module",
        "today = __import__('customers.models')",
        "def late():\n    from common import geo",
    ],
)
def test_code_that_will_change_is_not_imported(found, imports):
    (line,) = found({"0002_sizes": second(SEED, imports=imports)})
    number = 5 if "\n" in imports else 4
    assert line.startswith("town/migrations/0002_sizes.py: import of ")
    assert f"in line {number}: " in line


def test_what_django_writes_itself_may_be_imported(found):
    lines = (
        "import datetime",
        "import uuid",
        "import django.db.models.deletion",
        "import django.contrib.auth.models",
        "import django.core.validators",
        "from django.conf import settings",
    )
    assert found({"0002_sizes": second(SEED, imports="\n".join(lines))}) == []


def test_a_migration_without_a_transaction_says_why(found):
    (line,) = found({"0002_sizes": second(SEED, inside="atomic = False")})
    assert line.startswith("town/migrations/0002_sizes.py: atomic = False in line ")


def test_a_migration_with_a_reason_may_be_without_a_transaction(found):
    assert found({"0002_sizes": second(SEED, inside="atomic = False  # a million rows, in batches")}) == []


@pytest.mark.parametrize("name", ["0002_auto_20261124_0900", "0002_shop_note_and_more", "0002", "sizes", "2_sizes"])
def test_a_name_that_says_nothing_is_refused(found, name):
    (line,) = found({name: second(SEED)})
    assert line == f"town/migrations/{name}.py: its name says nothing; call it 0002 and, in words, what it is for"


def test_numbers_have_no_gap(found):
    (line,) = found({"0003_sizes": second(SEED)})
    assert line.startswith("town/migrations/0003_sizes.py: it should be number 0002;")


def test_two_of_one_number_are_two_ends(found):
    lines = found({"0002_names": second(SEED), "0002_sizes": second(SEED)})
    assert len(lines) == 2
    assert lines[0].startswith("town/migrations/0002_sizes.py: it should be number 0003;")
    assert lines[1] == "town: 0002_names.py, 0002_sizes.py each end the line; make the later one depend on the other"


def test_a_line_that_forks_has_two_ends(found):
    (line,) = found({"0002_names": second(SEED), "0003_sizes": second(SEED)})
    assert "0002_names.py, 0003_sizes.py each end the line" in line
