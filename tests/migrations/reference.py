"""The rows that migrations make."""

from django.apps import apps

MODELS = (
    "regions.Region",
    "regions.Witel",
    "customers.Stage",
    "workorders.Disposition",
    "workorders.DispositionAlias",
)
HIDDEN = {"id", "region_id", "disposition_id"}


def reference_rows() -> dict[str, list[str]]:
    rows = {}
    for label in MODELS:
        model = apps.get_model(label)
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in HIDDEN]
        rows[label] = sorted(map(str, model.objects.order_by().values_list(*names)))
    return rows
