"""CreateModel in every form: keys, links, constraints, indexes, a child table, and two that make no table."""

import uuid

from django.db import migrations, models
from django.db.models import Q

from tests.lab.tables import table, town


class Migration(migrations.Migration):
    dependencies = [("lab", "0001_base")]
    operations = [
        table("NewPlain", count=models.BigIntegerField(), text=models.TextField(default="")),
        table("NewFk", town=town()),
        table("NewM2m", towns=town(models.ManyToManyField)),
        table(
            "NewSelf",
            parent=models.ForeignKey("self", models.CASCADE, null=True, related_name="+"),
            friends=models.ManyToManyField("self"),
        ),
        table("NewOne", town=town(models.OneToOneField)),
        table(
            "NewTogether",
            kind=models.SmallIntegerField(),
            code=models.CharField(max_length=30),
            options={"unique_together": {("kind", "code")}},
        ),
        table(
            "NewConstraints",
            size=models.IntegerField(),
            code=models.CharField(max_length=30),
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(size__gte=0) & ~Q(size=99), name="lab_newconstraints_size"),
                    models.UniqueConstraint(fields=["code"], name="lab_newconstraints_code"),
                ]
            },
        ),
        table(
            "NewIndexes",
            count=models.IntegerField(db_index=True),
            code=models.CharField(max_length=30, unique=True),
            options={"indexes": [models.Index(fields=["code", "-count"], name="lab_newindexes_idx")]},
        ),
        migrations.CreateModel(
            "NewChild",
            [
                (
                    "newchildparent_ptr",
                    models.OneToOneField("lab.newchildparent", models.CASCADE, parent_link=True, primary_key=True),
                ),
                ("count", models.IntegerField()),
            ],
            bases=("lab.newchildparent",),
        ),
        migrations.CreateModel(
            "NewUuid",
            [
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4)),
                ("label", models.CharField(max_length=60)),
            ],
        ),
        table("NewUuidFk", target=models.ForeignKey("lab.newuuid", models.CASCADE, related_name="+")),
        migrations.CreateModel(
            "NewChar",
            [
                ("code", models.CharField(primary_key=True, max_length=40)),
                ("label", models.CharField(max_length=60)),
            ],
        ),
        table("NewCharFk", target=models.ForeignKey("lab.newchar", models.CASCADE, null=True, related_name="+")),
        migrations.CreateModel(
            "NewComposite",
            [
                ("pk", models.CompositePrimaryKey("kind", "number")),
                ("kind", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("label", models.CharField(max_length=60)),
            ],
        ),
        table("NewThrough"),
        table(
            "NewThroughTown",
            newthrough=models.ForeignKey("lab.newthrough", models.CASCADE, related_name="+"),
            town=town(),
        ),
        # A column of neither database: the table between is one of its own.
        migrations.AddField("NewThrough", "towns", town(models.ManyToManyField, through="lab.newthroughtown")),
        migrations.CreateModel("NewProxy", [], options={"proxy": True}, bases=("lab.town",)),
        table("NewUnmanaged", options={"managed": False}),
        table("NewSeeded", code=models.CharField(max_length=20, unique=True)),
    ]
