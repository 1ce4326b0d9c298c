"""AddField in every form."""

from django.db import migrations, models
from django.db.models import F, Value

from tests.lab.tables import town


class Migration(migrations.Migration):
    dependencies = [("lab", "0003_seed")]
    operations = [
        migrations.AddField("AddNull", "count", models.IntegerField(null=True)),
        migrations.AddField("AddDefault", "count", models.IntegerField(null=True, default=7)),
        migrations.AddField("AddDbDefault", "code", models.CharField(max_length=20, db_default="50 % 'off'")),
        migrations.AddField("AddDbExpression", "count", models.IntegerField(db_default=Value(40) + Value(2))),
        migrations.AddField("AddNotNull", "code", models.CharField(max_length=20, default="it's new")),
        migrations.AddField("AddOnce", "count", models.IntegerField(default=-3), preserve_default=False),
        migrations.AddField("AddUnique", "code", models.CharField(max_length=40, null=True, unique=True)),
        migrations.AddField("AddIndexed", "at", models.DateTimeField(null=True, db_index=True)),
        migrations.AddField("AddFk", "town", town(null=True)),
        migrations.AddField("AddM2m", "towns", town(models.ManyToManyField)),
        migrations.AddField("AddOne", "town", town(models.OneToOneField, null=True)),
        migrations.AddField(
            "AddStored",
            "area",
            models.GeneratedField(
                expression=F("width") * F("height"), output_field=models.BigIntegerField(null=True), db_persist=True
            ),
        ),
        migrations.AddField(
            "AddVirtual",
            "area",
            models.GeneratedField(
                expression=F("width") + F("height"), output_field=models.BigIntegerField(null=True), db_persist=False
            ),
        ),
        migrations.AddField("AddJson", "data", models.JSONField(null=True, default=dict)),
        migrations.AddField("AddUuid", "key", models.UUIDField(null=True)),
        migrations.AddField(
            "AddDecimal", "price", models.DecimalField(max_digits=20, decimal_places=6, default="-0.000001")
        ),
        migrations.AddField("AddBinary", "data", models.BinaryField(null=True)),
        migrations.AddField("AddText", "text", models.TextField(default="")),
        migrations.AddField("AddBool", "ready", models.BooleanField(default=True)),
        migrations.AddField("AddDate", "on", models.DateField(null=True)),
        migrations.AddField("AddDatetime", "at", models.DateTimeField(null=True)),
        migrations.AddField("AddTime", "at", models.TimeField(null=True)),
        migrations.AddField("AddDuration", "took", models.DurationField(null=True)),
        # What the data migrations that follow fill.
        migrations.AddField("RunFill", "code", models.CharField(max_length=80, null=True)),
        migrations.AddField("DropMoved", "contact", models.CharField(max_length=30, null=True)),
    ]
