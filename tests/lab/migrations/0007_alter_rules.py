"""AlterField where the type stays: NULL, indexes, uniqueness, defaults of the database, links, names.

No % in a default or a comment of the database: stock Django formats the statement of an AlterField once more on
MariaDB ("not enough arguments for format string").
"""

from django.db import migrations, models

from tests.lab.tables import town


class Migration(migrations.Migration):
    dependencies = [("lab", "0006_alter_types")]
    operations = [
        migrations.AlterField("SetNotNull", "count", models.IntegerField(default=-1)),
        migrations.AlterField("SetNull", "count", models.IntegerField(null=True)),
        migrations.AlterField("SetIndex", "code", models.CharField(max_length=30, db_index=True)),
        migrations.AlterField("SetNoIndex", "code", models.CharField(max_length=30)),
        migrations.AlterField("SetUnique", "code", models.CharField(max_length=30, unique=True)),
        migrations.AlterField("SetNotUnique", "code", models.CharField(max_length=30)),
        migrations.AlterField("SetDbDefault", "count", models.IntegerField(db_default=4)),
        migrations.AlterField("SetOtherDbDefault", "code", models.CharField(max_length=30, db_default="a \\ new one")),
        migrations.AlterField("SetNoDbDefault", "count", models.IntegerField()),
        migrations.AlterField("SetColumn", "count", models.IntegerField(db_column="how_many")),
        migrations.AlterField(
            "SetTarget", "town", models.ForeignKey("lab.settargetother", models.CASCADE, related_name="+")
        ),
        migrations.AlterField("SetOne", "town", town(models.OneToOneField)),
        migrations.AlterField("SetUnconstrained", "town", town(null=True, db_constraint=False)),
        migrations.AlterField("SetChoices", "code", models.CharField(max_length=30, choices=[("a", "A"), ("b", "B")])),
        migrations.AlterField("SetComment", "count", models.IntegerField(null=True, db_comment="all of 'them'")),
        migrations.AlterField(
            "SetM2mTarget", "towns", models.ManyToManyField("lab.settargetother", related_name="+")
        ),
        migrations.AlterField("SetM2mTable", "towns", town(models.ManyToManyField, db_table="lab_setm2mtable_between")),
    ]
