"""Data apart from schema: a new column is filled, and values move to the column that takes another's place."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat


def fill(apps, schema_editor):
    rows = apps.get_model("lab", "RunFill").objects.using(schema_editor.connection.alias)
    rows.filter(code=None).update(code=Concat(Value("100 % of "), F("label")))


def empty(apps, schema_editor):
    rows = apps.get_model("lab", "RunFill").objects.using(schema_editor.connection.alias)
    rows.update(code=None)


def move(apps, schema_editor):
    rows = apps.get_model("lab", "DropMoved").objects.using(schema_editor.connection.alias)
    for row in rows.exclude(phone="").order_by("pk").iterator():
        row.contact = row.phone
        row.save(update_fields=["contact"])


def move_back(apps, schema_editor):
    rows = apps.get_model("lab", "DropMoved").objects.using(schema_editor.connection.alias)
    for row in rows.order_by("pk").iterator():
        row.phone = row.contact or ""
        row.save(update_fields=["phone"])


class Migration(migrations.Migration):
    dependencies = [("lab", "0004_add_fields")]
    operations = [
        migrations.RunPython(fill, empty),
        migrations.RunPython(move, move_back, hints={"why": "phone goes away in 0012"}),
    ]
