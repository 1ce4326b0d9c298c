"""What a data migration's way back may do to rows of tables that stay."""

import pytest

from releases.databases.mysql import MySQL
from releases.databases.sqlite import SQLite
from releases.operations import statements_of
from tests.releases.lab import Site

FILES = {
    "shop_settings.py": """
from tests.lab.settings import *
INSTALLED_APPS = ["django.contrib.contenttypes", "releases", "shop"]
""",
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_kinds_and_sales.py": """
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Kind", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.CreateModel("Sale", [
            ("id", models.BigAutoField(primary_key=True)),
            ("kind", models.ForeignKey("shop.Kind", models.PROTECT)),
        ]),
    ]
""",
    "shop/migrations/0002_first_kinds.py": """
from django.db import migrations
def insert(apps, schema_editor):
    apps.get_model("shop", "Kind").objects.create(name="cash")
def delete(apps, schema_editor):
    apps.get_model("shop", "Kind").objects.all()._raw_delete("default")
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_kinds_and_sales")]
    operations = [migrations.RunPython(insert, delete)]
""",
}
SELL = "connection.cursor().execute('INSERT INTO shop_sale (kind_id) SELECT id FROM shop_kind')"
COUNT = "; ".join(
    [
        "cursor = connection.cursor()",
        "cursor.execute('SELECT COUNT(*) FROM shop_sale JOIN shop_kind ON shop_kind.id = kind_id')",
        "print(cursor.fetchone()[0])",
    ]
)


@pytest.fixture
def shop(tmp_path):
    """A site whose second release inserts a kind, which a sale then refers to."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    site = Site(tmp_path, name="mig_shop", settings_module="shop_settings")
    site.environment["PYTHONPATH"] += f":{tmp_path}"
    assert site.run("migrate", "contenttypes", "-v0")[0] == 0
    assert site.run("migrate", "shop", "0001", "-v0")[0] == 0
    code, said = site.run("release", "-v0")
    assert code == 0, said
    site.python(SELL)
    yield site
    site.drop()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_way_back_that_would_leave_rows_without_what_they_refer_to_is_refused(shop):
    code, said = shop.run("rollback", "-v0", "--noinput")
    assert code == 3, said
    assert "shop_sale: 1 rows would refer by kind_id to rows of shop_kind" in said
    assert shop.python(COUNT).strip() == "1"
    assert shop.run("release", "-v0")[0] == 8  # it still stands, whole


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_goes_back_together_with_the_release_that_brought_the_rows(shop):
    code, said = shop.run("rollback", "-v0", "--noinput", "--step", "2")
    assert code == 0, said
    code, said = shop.run("release", "-v0")
    assert code == 0, said
    assert shop.python(COUNT).strip() == "1"


@pytest.mark.parametrize("database", [MySQL, SQLite])
@pytest.mark.parametrize("comment", ["", "-- why\n", "/* why,\n and how */ ", "# why\n  -- and how\n"])
def test_a_comment_does_not_hide_what_a_statement_changes(database, comment):
    assert database.changes_rows(None, f"{comment}UPDATE shop_kind SET name = 1")
    assert database.WRITES.match(f"{comment}DELETE FROM shop_kind")[1] == "shop_kind"
    assert not database.changes_rows(None, f"{comment}ALTER TABLE shop_kind ADD COLUMN size int")


def test_statements_of_a_script_are_told_apart_by_what_ends_them():
    script = "-- all; at once\nDELETE FROM a; INSERT INTO b VALUES ('x; y')"
    assert statements_of(script) == ["DELETE FROM a;", "INSERT INTO b VALUES ('x; y')"]
