"""RenameField, RenameModel and AlterModelTable."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lab", "0007_alter_rules")]
    operations = [
        migrations.RenameField("CallPlain", "old", "new"),
        migrations.RenameField("CallIndexed", "old", "new"),
        migrations.RenameField("CallUnique", "old", "new"),
        migrations.RenameField("CallFk", "old", "new"),
        migrations.RenameField("CallComposite", "old", "new"),
        migrations.RenameField("CallTogether", "old", "new"),
        migrations.RenameField("CallPk", "old", "new"),
        migrations.RenameModel("NamePlain", "NamePlainNew"),
        migrations.RenameModel("NameTarget", "NameTargetNew"),
        migrations.RenameModel("NameM2m", "NameM2mNew"),
        migrations.RenameModel("NameSelf", "NameSelfNew"),
        migrations.RenameModel("NameFixed", "NameFixedNew"),
        migrations.AlterModelTable("TableMoved", "lab_table_elsewhere"),
    ]
