"""Options of models: comments, unique_together, ordering, managers, order_with_respect_to."""

from django.db import migrations

from tests.lab.models import ShortLabels


class Migration(migrations.Migration):
    dependencies = [("lab", "0008_names")]
    operations = [
        # No %: see 0007.
        migrations.AlterModelTableComment("TableComment", "all of 'them'"),
        migrations.AlterUniqueTogether("TogetherAdd", {("kind", "code")}),
        migrations.AlterUniqueTogether("TogetherDrop", set()),
        migrations.AlterUniqueTogether("TogetherFkAdd", {("town", "code")}),
        migrations.AlterUniqueTogether("TogetherFkDrop", set()),
        migrations.AlterModelOptions("OptionsOrdering", {"ordering": ["-label"], "verbose_name": "option"}),
        migrations.AlterModelManagers("OptionsManagers", [("objects", ShortLabels())]),
        migrations.AlterOrderWithRespectTo("OrderSet", "town"),
        migrations.AlterOrderWithRespectTo("OrderUnset", None),
    ]
