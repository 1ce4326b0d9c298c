"""The tables as the old release knows them: one per shape, named after it, and Town, which none changes."""

from django.db import migrations, models
from django.db.models import Q

from tests.lab.tables import table, town


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        table("Town"),
        # New tables that lean on one that is there
        table("NewChildParent"),
        # AddField
        table("AddNull"),
        table("AddDefault"),
        table("AddDbDefault"),
        table("AddDbExpression"),
        table("AddNotNull"),
        table("AddOnce"),
        table("AddUnique"),
        table("AddIndexed"),
        table("AddFk"),
        table("AddM2m"),
        table("AddOne"),
        table("AddStored", width=models.SmallIntegerField(), height=models.SmallIntegerField(null=True)),
        table("AddVirtual", width=models.SmallIntegerField(), height=models.SmallIntegerField(null=True)),
        table("AddJson"),
        table("AddUuid"),
        table("AddDecimal"),
        table("AddBinary"),
        table("AddText"),
        table("AddBool"),
        table("AddDate"),
        table("AddDatetime"),
        table("AddTime"),
        table("AddDuration"),
        # AlterField
        table("SetWider", code=models.CharField(max_length=20)),
        table("SetNarrower", code=models.CharField(max_length=100)),
        table("SetText", code=models.CharField(max_length=80)),
        table("SetChar", code=models.TextField()),
        table("SetBig", count=models.IntegerField()),
        table("SetInt", count=models.SmallIntegerField()),
        table("SetDigits", count=models.IntegerField()),
        table("SetNotNull", count=models.IntegerField(null=True)),
        table("SetNull", count=models.IntegerField()),
        table("SetIndex", code=models.CharField(max_length=30)),
        table("SetNoIndex", code=models.CharField(max_length=30, db_index=True)),
        table("SetUnique", code=models.CharField(max_length=30)),
        table("SetNotUnique", code=models.CharField(max_length=30, unique=True)),
        table("SetDbDefault", count=models.IntegerField()),
        table("SetOtherDbDefault", code=models.CharField(max_length=30, db_default="it's old")),
        table("SetNoDbDefault", count=models.IntegerField(db_default=4)),
        table("SetDecimal", price=models.DecimalField(max_digits=9, decimal_places=2)),
        table("SetColumn", count=models.IntegerField()),
        table("SetTargetOther"),
        table("SetTarget", town=town()),
        table("SetOne", town=town()),
        table("SetUnconstrained", town=town(null=True)),
        table("SetChoices", code=models.CharField(max_length=30)),
        table("SetComment", count=models.IntegerField(null=True)),
        migrations.CreateModel(
            "SetPk", [("id", models.AutoField(primary_key=True)), ("label", models.CharField(max_length=60))]
        ),
        table("SetPkFk", parent=models.ForeignKey("lab.setpk", models.CASCADE, related_name="+")),
        table("SetPkM2m", parents=models.ManyToManyField("lab.setpk", related_name="+")),
        table("SetM2mTable", towns=town(models.ManyToManyField)),
        table("SetM2mTarget", towns=town(models.ManyToManyField)),
        # RemoveField
        table("DropNull", count=models.BigIntegerField(null=True)),
        table("DropInt", count=models.IntegerField()),
        table("DropChar", code=models.CharField(max_length=40)),
        table("DropDefault", price=models.DecimalField(max_digits=15, decimal_places=4, default="1.5")),
        table("DropUnique", code=models.CharField(max_length=40, unique=True)),
        table("DropIndexed", at=models.DateTimeField(null=True, db_index=True)),
        table("DropFk", town=town()),
        table("DropM2m", towns=town(models.ManyToManyField)),
        table("DropOne", town=town(models.OneToOneField)),
        table("DropJson", data=models.JSONField(null=True)),
        table("DropBinary", data=models.BinaryField(null=True)),
        table("DropLongText", text=models.TextField(default="")),
        table(
            "DropGenerated",
            width=models.SmallIntegerField(),
            double=models.GeneratedField(
                expression=models.F("width") * 2, output_field=models.IntegerField(), db_persist=True
            ),
        ),
        table(
            "DropIndexPart",
            count=models.IntegerField(),
            code=models.CharField(max_length=30, null=True),
            options={"indexes": [models.Index(fields=["count", "code"], name="lab_dropindexpart_idx")]},
        ),
        table(
            "DropUnderIndex",
            count=models.IntegerField(),
            code=models.CharField(max_length=30, null=True, db_index=True),
        ),
        # An index that no state knows of, over the column that goes away and another.
        migrations.RunSQL(
            "CREATE INDEX lab_dropunderindex_raw ON lab_dropunderindex (count, code)", migrations.RunSQL.noop
        ),
        table("DropMoved", phone=models.CharField(max_length=30, default="")),
        # RenameField
        table("CallPlain", old=models.CharField(max_length=40)),
        table("CallIndexed", old=models.IntegerField(db_index=True)),
        table("CallUnique", old=models.IntegerField(unique=True)),
        table("CallFk", old=town()),
        table(
            "CallComposite",
            old=models.IntegerField(),
            count=models.IntegerField(),
            options={"indexes": [models.Index(fields=["count", "old"], name="lab_callcomposite_idx")]},
        ),
        table(
            "CallTogether",
            count=models.IntegerField(),
            old=models.IntegerField(),
            options={"unique_together": {("count", "old")}},
        ),
        migrations.CreateModel(
            "CallPk", [("old", models.BigAutoField(primary_key=True)), ("label", models.CharField(max_length=60))]
        ),
        table("CallPkFk", target=models.ForeignKey("lab.callpk", models.CASCADE, related_name="+")),
        # RenameModel
        table("NamePlain", count=models.IntegerField()),
        table("NameTarget"),
        table("NameTargetFk", target=models.ForeignKey("lab.nametarget", models.CASCADE, related_name="+")),
        table("NameM2m", towns=town(models.ManyToManyField)),
        table("NameTargetM2m", targets=models.ManyToManyField("lab.nametarget", related_name="+")),
        table(
            "NameSelf",
            parent=models.ForeignKey("self", models.CASCADE, null=True, related_name="+"),
            friends=models.ManyToManyField("self"),
        ),
        table("NameFixed", options={"db_table": "lab_name_fixed"}),
        # Tables and options
        table("TableMoved", towns=town(models.ManyToManyField)),
        table("TableComment"),
        table("TogetherAdd", kind=models.SmallIntegerField(), code=models.CharField(max_length=30)),
        table(
            "TogetherDrop",
            kind=models.SmallIntegerField(),
            code=models.CharField(max_length=30),
            options={"unique_together": {("kind", "code")}},
        ),
        table("TogetherFkAdd", town=town(), code=models.CharField(max_length=30)),
        table(
            "TogetherFkDrop",
            town=town(),
            code=models.CharField(max_length=30),
            options={"unique_together": {("town", "code")}},
        ),
        table("OptionsOrdering"),
        table("OptionsManagers"),
        table("OrderSet", town=town()),
        table("OrderUnset", town=town(), options={"order_with_respect_to": "town"}),
        # Indexes and constraints
        table("IndexAdd", count=models.IntegerField(), code=models.CharField(max_length=30, null=True)),
        table(
            "IndexDrop",
            count=models.IntegerField(),
            code=models.CharField(max_length=30, null=True),
            options={"indexes": [models.Index(fields=["count", "-code"], name="lab_indexdrop_idx")]},
        ),
        table(
            "IndexName",
            count=models.IntegerField(),
            options={"indexes": [models.Index(fields=["count"], name="lab_indexname_old")]},
        ),
        table("IndexFkAdd", town=town(), count=models.IntegerField()),
        table(
            "IndexFkDrop",
            town=town(),
            count=models.IntegerField(),
            options={"indexes": [models.Index(fields=["town", "count"], name="lab_indexfkdrop_idx")]},
        ),
        table("IndexPartial", count=models.IntegerField()),
        table("CheckAdd", size=models.IntegerField()),
        table(
            "CheckDrop",
            size=models.IntegerField(),
            options={"constraints": [models.CheckConstraint(condition=Q(size__gte=0), name="lab_checkdrop_ck")]},
        ),
        table(
            "CheckAlter",
            size=models.IntegerField(),
            options={"constraints": [models.CheckConstraint(condition=Q(size__gte=0), name="lab_checkalter_ck")]},
        ),
        table("UniqueAdd", kind=models.SmallIntegerField(), code=models.CharField(max_length=30)),
        table(
            "UniqueDrop",
            kind=models.SmallIntegerField(),
            code=models.CharField(max_length=30),
            options={"constraints": [models.UniqueConstraint(fields=["kind", "code"], name="lab_uniquedrop_uq")]},
        ),
        table("UniqueIf", kind=models.SmallIntegerField(), code=models.CharField(max_length=30)),
        table("UniqueFkAdd", town=town(), code=models.CharField(max_length=30)),
        # Python, SQL, and states that part from the database
        table("RunFill"),
        table("RunNoop", count=models.IntegerField(null=True)),
        table("RunMixed", code=models.CharField(max_length=30)),
        table("RunUnbound", code=models.CharField(max_length=30)),
        table("SqlList", rate=models.IntegerField()),
        table("SqlScript", rate=models.IntegerField()),
        table("SqlColumn"),
        table("StatePlain"),
        table("StateNested"),
        table("StateThrough", towns=town(models.ManyToManyField)),
        # DeleteModel
        table("GonePlain", count=models.BigIntegerField(), text=models.TextField(null=True)),
        table("GoneFk", town=town()),
        table("GoneM2m", towns=town(models.ManyToManyField)),
        table("GoneSelf", parent=models.ForeignKey("self", models.CASCADE, null=True, related_name="+")),
        table("GonePairParent"),
        table("GonePair", parent=models.ForeignKey("lab.gonepairparent", models.CASCADE, related_name="+")),
        table("GoneTarget"),
        table("GoneTargetFk", target=models.ForeignKey("lab.gonetarget", models.CASCADE, null=True, related_name="+")),
        table("GoneChildParent"),
        migrations.CreateModel(
            "GoneChild",
            [
                (
                    "parent",
                    models.OneToOneField("lab.gonechildparent", models.CASCADE, parent_link=True, primary_key=True),
                ),
                ("count", models.IntegerField()),
            ],
            bases=("lab.gonechildparent",),
        ),
    ]
