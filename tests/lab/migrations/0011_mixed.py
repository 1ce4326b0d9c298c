"""Schema and data in one migration, on purpose: a column comes, is filled, becomes NOT NULL, and has its index."""

from django.db import migrations, models


def fill(apps, schema_editor):
    rows = apps.get_model("lab", "RunMixed").objects.using(schema_editor.connection.alias)
    for row in rows.order_by("pk"):
        row.upper = row.code.upper()
        row.save(update_fields=["upper"])


def copy_back(apps, schema_editor):
    rows = apps.get_model("lab", "RunMixed").objects.using(schema_editor.connection.alias)
    rows.filter(code="").update(code="was empty")


class Migration(migrations.Migration):
    dependencies = [("lab", "0010_indexes")]
    operations = [
        migrations.AddField("RunMixed", "upper", models.CharField(max_length=60, null=True)),
        migrations.RunPython(fill, copy_back),
        migrations.AlterField("RunMixed", "upper", models.CharField(max_length=60)),
        migrations.AddIndex("RunMixed", models.Index(fields=["upper"], name="lab_runmixed_idx")),
    ]
