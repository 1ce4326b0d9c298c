"""DeleteModel with rows in it, in every form."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lab", "0012_drop_fields")]
    operations = [
        migrations.DeleteModel("GonePlain"),
        migrations.DeleteModel("GoneFk"),
        migrations.DeleteModel("GoneM2m"),
        migrations.DeleteModel("GoneSelf"),
        migrations.DeleteModel("GonePair"),
        migrations.DeleteModel("GonePairParent"),
        migrations.RemoveField("GoneTargetFk", "target"),
        migrations.DeleteModel("GoneTarget"),
        migrations.DeleteModel("GoneChild"),
    ]
