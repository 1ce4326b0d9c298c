from django.db import migrations, models


class Migration(migrations.Migration):
    """A table that gets rows, a column that gets values, a column that goes, a type that changes."""

    dependencies = [("customers", "0002_stages")]
    operations = [
        migrations.CreateModel(
            "Survey",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("customers.Customer", models.CASCADE)),
                ("score", models.IntegerField()),
                ("note", models.CharField(max_length=100, db_default="")),
            ],
        ),
        migrations.AddField("customer", "geohash", models.CharField(max_length=12, null=True)),
        migrations.RemoveField("customer", "sto"),
        migrations.AlterField("customer", "name", models.CharField(max_length=200)),
    ]
