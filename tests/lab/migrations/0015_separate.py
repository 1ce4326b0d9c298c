"""SeparateDatabaseAndState: plain, with Python inside, nested, state only, and a table between that gets a model."""

from django.db import migrations, models
from django.db.migrations import SeparateDatabaseAndState

from tests.lab.tables import town


def number(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE lab_statenested SET code = label WHERE code IS NULL")


def unnumber(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE lab_statenested SET code = NULL")


class Migration(migrations.Migration):
    dependencies = [("lab", "0014_sql")]
    operations = [
        SeparateDatabaseAndState(
            database_operations=[migrations.AddField("StatePlain", "count", models.IntegerField(null=True))],
            state_operations=[migrations.AddField("StatePlain", "count", models.IntegerField(null=True, default=1))],
        ),
        SeparateDatabaseAndState(
            database_operations=[
                SeparateDatabaseAndState(
                    database_operations=[
                        migrations.AddField("StateNested", "code", models.CharField(max_length=60, null=True)),
                        migrations.RunPython(number, unnumber),
                    ],
                    # For the operations below: the state outside takes nothing from in here.
                    state_operations=[
                        migrations.AddField("StateNested", "code", models.CharField(max_length=60, null=True)),
                    ],
                ),
                migrations.RunSQL(
                    [("UPDATE lab_statenested SET code = %s WHERE code = %s", ["100 % empty", ""])],
                    [("UPDATE lab_statenested SET code = %s WHERE code = %s", ["", "100 % empty"])],
                ),
                migrations.AddIndex("StateNested", models.Index(fields=["code"], name="lab_statenested_idx")),
            ],
            state_operations=[
                migrations.AddField("StateNested", "code", models.CharField(max_length=60, null=True)),
                migrations.AddIndex("StateNested", models.Index(fields=["code"], name="lab_statenested_idx")),
            ],
        ),
        SeparateDatabaseAndState(
            state_operations=[migrations.AlterModelOptions("StatePlain", {"verbose_name": "known to the state only"})],
        ),
        # The recipe of Django's own manual for a table between that becomes a model.
        SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE lab_statethrough_towns RENAME TO lab_statethroughtown",
                    "ALTER TABLE lab_statethroughtown RENAME TO lab_statethrough_towns",
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    "StateThroughTown",
                    [
                        ("id", models.BigAutoField(primary_key=True)),
                        ("statethrough", models.ForeignKey("lab.statethrough", models.CASCADE, related_name="+")),
                        ("town", town()),
                    ],
                    options={"unique_together": {("statethrough", "town")}},
                ),
                migrations.AlterField(
                    "StateThrough", "towns", town(models.ManyToManyField, through="lab.statethroughtown")
                ),
            ],
        ),
        migrations.AddField("StateThroughTown", "since", models.DateField(null=True)),
    ]
