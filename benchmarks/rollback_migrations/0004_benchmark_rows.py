from django.db import connection, migrations


def seed(apps, schema_editor):
    """A survey for every fifth customer."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {name('customers_survey')} (customer_id, score, note)"
            f" SELECT id, MOD(id, 10), 'seed' FROM {name('customers_customer')} WHERE MOD(id, 5) = 0"
        )


def unseed(apps, schema_editor):
    apps.get_model("customers", "Survey").objects.filter(note="seed")._raw_delete(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_benchmark_shapes")]
    operations = [migrations.RunPython(seed, unseed)]
