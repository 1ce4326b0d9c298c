"""AlterField where the type changes: wider, narrower, another kind, a wider key with links to it.

A collation of its own is left out: no name of one means the same to both databases.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lab", "0005_fill")]
    operations = [
        migrations.AlterField("SetWider", "code", models.CharField(max_length=200)),
        migrations.AlterField("SetNarrower", "code", models.CharField(max_length=25)),
        migrations.AlterField("SetText", "code", models.TextField()),
        migrations.AlterField("SetChar", "code", models.CharField(max_length=80)),
        migrations.AlterField("SetBig", "count", models.BigIntegerField()),
        migrations.AlterField("SetInt", "count", models.IntegerField()),
        migrations.AlterField("SetDigits", "count", models.CharField(max_length=12)),
        migrations.AlterField("SetDecimal", "price", models.DecimalField(max_digits=15, decimal_places=4)),
        migrations.AlterField("SetPk", "id", models.BigAutoField(primary_key=True)),
    ]
