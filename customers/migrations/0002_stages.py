"""The stages by unpaid months."""
from django.db import migrations

STAGES = [("CURRENT", "Lancar (C3MR)", 0), ("PRANPC", "PraNPC", 1), ("CT0", "CT0, layanan berhenti", 2), ("CLEANSED", "Cleansing", 3)]


def insert(apps, schema_editor):
    """Those that are not there, under keys of their own: they come again as the same rows after a way back."""
    Stage = apps.get_model("customers", "Stage")
    there = set(Stage.objects.values_list("code", flat=True))
    Stage.objects.bulk_create(row for row in seeds(Stage) if row.code not in there)


def delete(apps, schema_editor):
    """Those that nobody changed. The others are of more worth than what the next release would insert."""
    Stage = apps.get_model("customers", "Stage")
    for row in seeds(Stage):
        Stage.objects.filter(id=row.id, code=row.code, label=row.label, from_months=row.from_months).delete()


def seeds(Stage):
    return [Stage(id=key, code=code, label=label, from_months=n) for key, (code, label, n) in enumerate(STAGES, start=1)]


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_customers_bills_locations")]
    operations = [migrations.RunPython(insert, delete)]
