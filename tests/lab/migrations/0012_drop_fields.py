"""RemoveField in every form.

With rows in the tables stock Django has no way back over the columns that were NOT NULL without a default: SQLite
refuses DropInt, DropChar, DropUnique, DropFk and DropOne; MariaDB refuses DropUnique, DropFk and DropOne, and writes 0
into DropInt and '' into DropChar.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lab", "0011_mixed")]
    operations = [
        migrations.RemoveField("DropNull", "count"),
        migrations.RemoveField("DropInt", "count"),
        migrations.RemoveField("DropChar", "code"),
        migrations.RemoveField("DropDefault", "price"),
        migrations.RemoveField("DropUnique", "code"),
        migrations.RemoveField("DropIndexed", "at"),
        migrations.RemoveField("DropFk", "town"),
        migrations.RemoveField("DropM2m", "towns"),
        migrations.RemoveField("DropOne", "town"),
        migrations.RemoveField("DropJson", "data"),
        migrations.RemoveField("DropBinary", "data"),
        migrations.RemoveField("DropLongText", "text"),
        migrations.RemoveField("DropGenerated", "double"),
        migrations.RemoveIndex("DropIndexPart", "lab_dropindexpart_idx"),
        migrations.RemoveField("DropIndexPart", "code"),
        # Stock Django does not bring the index over both columns back: MariaDB shrinks it to the column that stays,
        # SQLite loses it with the table that is made anew.
        migrations.RemoveField("DropUnderIndex", "code"),
        migrations.RemoveField("DropMoved", "phone"),
    ]
