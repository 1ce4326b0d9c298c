"""Indexes and constraints."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("lab", "0009_options")]
    operations = [
        migrations.AddIndex("IndexAdd", models.Index(fields=["-count", "code"], name="lab_indexadd_idx")),
        migrations.RemoveIndex("IndexDrop", "lab_indexdrop_idx"),
        migrations.RenameIndex("IndexName", new_name="lab_indexname_new", old_name="lab_indexname_old"),
        # Stock Django on the way back leaves MariaDB an index more, or one of another name: the link's own index went
        # when a longer one that begins with it came, and is made by hand before that one goes. So it is with every
        # shape with `fk` in its name here and in 0009, and with SetOne in 0007.
        migrations.AddIndex("IndexFkAdd", models.Index(fields=["town", "count"], name="lab_indexfkadd_idx")),
        migrations.RemoveIndex("IndexFkDrop", "lab_indexfkdrop_idx"),
        # MariaDB has no index over some of the rows: Django makes none there.
        migrations.AddIndex(
            "IndexPartial", models.Index(fields=["count"], name="lab_indexpartial_idx", condition=Q(count__gt=5))
        ),
        migrations.AddConstraint("CheckAdd", models.CheckConstraint(condition=Q(size__gte=0), name="lab_checkadd_ck")),
        migrations.RemoveConstraint("CheckDrop", "lab_checkdrop_ck"),
        migrations.AlterConstraint(
            "CheckAlter",
            "lab_checkalter_ck",
            models.CheckConstraint(
                condition=Q(size__gte=0), name="lab_checkalter_ck", violation_error_message="Below nothing."
            ),
        ),
        migrations.AddConstraint(
            "UniqueAdd", models.UniqueConstraint(fields=["kind", "code"], name="lab_uniqueadd_uq")
        ),
        migrations.RemoveConstraint("UniqueDrop", "lab_uniquedrop_uq"),
        # Nor a unique one: no constraint there.
        migrations.AddConstraint(
            "UniqueIf",
            models.UniqueConstraint(fields=["code"], name="lab_uniqueif_uq", condition=Q(kind__gt=0)),
        ),
        migrations.AddConstraint(
            "UniqueFkAdd", models.UniqueConstraint(fields=["town", "code"], name="lab_uniquefkadd_uq")
        ),
    ]
