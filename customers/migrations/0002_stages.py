"""The stages by unpaid months."""
from django.db import migrations

STAGES = [("CURRENT", "Lancar (C3MR)", 0), ("PRANPC", "PraNPC", 1), ("CT0", "CT0, layanan berhenti", 2), ("CLEANSED", "Cleansing", 3)]


def insert(apps, schema_editor):
    Stage = apps.get_model("customers", "Stage")
    for code, label, months in STAGES:
        Stage.objects.create(code=code, label=label, from_months=months)


def delete(apps, schema_editor):
    # Straight to the table: foreign keys protect what still refers to a row, historical models cannot follow them.
    alias = schema_editor.connection.alias
    apps.get_model("customers", "Stage").objects.filter(code__in=[row[0] for row in STAGES])._raw_delete(alias)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_customers_bills_locations")]
    operations = [migrations.RunPython(insert, delete)]
