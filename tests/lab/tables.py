"""Short ways to write the lab's tables, for its migrations only."""

from django.db import migrations, models


def table(name, /, *, options=None, **columns) -> migrations.CreateModel:
    """A table with a number, a label that every shape must carry along, and the columns of its shape."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("label", models.CharField(max_length=60)),
        *columns.items(),
    ]
    return migrations.CreateModel(name, fields, options=options)


def town(kind=models.ForeignKey, **options):
    """A link to the one table that no shape changes."""
    if kind is not models.ManyToManyField:
        options.setdefault("on_delete", models.CASCADE)
    return kind("lab.town", related_name="+", **options)
