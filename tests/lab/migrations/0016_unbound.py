"""A migration outside any transaction: what was done before a kill stays done."""

from django.db import migrations, models, transaction


def fill_in_batches(apps, schema_editor):
    alias = schema_editor.connection.alias
    rows = apps.get_model("lab", "RunUnbound").objects.using(alias)
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), 5):
        with transaction.atomic(using=alias):
            for row in rows.filter(pk__in=numbers[start : start + 5]).order_by("pk"):
                row.batch = start // 5
                row.save(update_fields=["batch"])


def empty(apps, schema_editor):
    apps.get_model("lab", "RunUnbound").objects.using(schema_editor.connection.alias).update(batch=None)


def shout(apps, schema_editor):
    rows = apps.get_model("lab", "RunUnbound").objects.using(schema_editor.connection.alias)
    for row in rows.order_by("pk"):
        row.code = f"!{row.code}"
        row.save(update_fields=["code"])


def calm(apps, schema_editor):
    rows = apps.get_model("lab", "RunUnbound").objects.using(schema_editor.connection.alias)
    for row in rows.order_by("pk"):
        row.code = row.code.removeprefix("!")
        row.save(update_fields=["code"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lab", "0015_separate")]
    operations = [
        migrations.AddField("RunUnbound", "batch", models.IntegerField(null=True)),
        migrations.RunPython(fill_in_batches, empty),
        migrations.AlterField("RunUnbound", "code", models.CharField(max_length=32)),
        migrations.RunPython(shout, calm, atomic=True),
        migrations.AddIndex("RunUnbound", models.Index(fields=["batch"], name="lab_rununbound_idx")),
    ]
