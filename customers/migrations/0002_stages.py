"""The stages by unpaid months."""
from django.db import migrations

STAGES = [("CURRENT", "Lancar (C3MR)", 0), ("PRANPC", "PraNPC", 1), ("CT0", "CT0, layanan berhenti", 2), ("CLEANSED", "Cleansing", 3)]


def insert(apps, schema_editor):
    """Those that are not there, changed or not, under keys of their own: what comes again is the same row."""
    Stage = apps.get_model("customers", "Stage")
    there = {value for row in Stage.objects.values_list("id", "code") for value in row}
    Stage.objects.bulk_create(row for row in seeds(Stage) if not {row.id, row.code} & there)


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
