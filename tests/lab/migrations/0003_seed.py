"""Data apart from schema: rows for a table of this release, and a fill whose way back does nothing."""

from django.db import migrations

CODES = ("low", "high", "5 % off")


def seed(apps, schema_editor):
    rows = apps.get_model("lab", "NewSeeded").objects.using(schema_editor.connection.alias)
    for code in CODES:
        rows.create(code=code, label=f"seeded {code}")


def take_seeds_back(apps, schema_editor):
    rows = apps.get_model("lab", "NewSeeded").objects.using(schema_editor.connection.alias)
    rows.filter(code__in=CODES).delete()


def relabel(apps, schema_editor):
    rows = apps.get_model("lab", "RunNoop").objects.using(schema_editor.connection.alias)
    rows.filter(count=None).update(count=0)


class Migration(migrations.Migration):
    dependencies = [("lab", "0002_new_tables")]
    operations = [
        migrations.RunPython(seed, take_seeds_back),
        migrations.RunPython(relabel, migrations.RunPython.noop, elidable=True),
    ]
