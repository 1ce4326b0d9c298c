"""Several operations on one table in one migration, as `makemigrations` and squashing write them: rows come back."""

import pytest

from tests.releases.lab import Shop
from tests.releases.test_commands import DONE, REFUSED, nothing_changed, released

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ID = '("id", models.BigAutoField(primary_key=True))'
MADE = f'migrations.CreateModel("A", [{ID}, ("t", models.CharField(max_length=9, default="d"))])'
SHAPES = {
    "made, then renamed": (
        f'{MADE}, migrations.RenameModel("A", "B")',
        ["INSERT INTO shop_b (id, t) VALUES (7, 'keep')"],
    ),
    "made, then its column renamed": (
        f'{MADE}, migrations.RenameField("a", "t", "u")',
        ["INSERT INTO shop_a (id, u) VALUES (7, 'keep')"],
    ),
    "a raw column, then the table renamed": (
        """migrations.RunSQL("ALTER TABLE shop_thing ADD COLUMN w VARCHAR(5) NULL",
        "ALTER TABLE shop_thing DROP COLUMN w"), migrations.AlterModelTable("thing", "shop_ding")""",
        ["UPDATE shop_ding SET w = 'ww'"],
    ),
    "two that refer to each other": (
        f"""{MADE}, migrations.CreateModel("B", [{ID}, ("a", models.ForeignKey("shop.A", models.CASCADE))]),
        migrations.AddField("a", "b", models.ForeignKey("shop.B", models.CASCADE, null=True, related_name="+"))""",
        [
            "INSERT INTO shop_a (id, t) VALUES (1, 'eins')",
            "INSERT INTO shop_b (id, a_id) VALUES (3, 1)",
            "UPDATE shop_a SET b_id = 3",
        ],
    ),
    "made, then a column that may not be empty": (
        f"""migrations.CreateModel("A", [{ID}]),
        migrations.AddField("a", "t", models.CharField(max_length=9, default="d"))""",
        ["INSERT INTO shop_a (id, t) VALUES (7, 'keep')"],
    ),
    "a column beside one with a default of the database": (
        """migrations.AddField("thing", "kind", models.CharField(max_length=5, db_default="x")),
        migrations.AddField("thing", "note", models.CharField(max_length=9, null=True))""",
        ["UPDATE shop_thing SET kind = 'y', note = 'keep' WHERE name = 'kopi'"],
    ),
    "one renamed, another made in its place": (
        f"""migrations.RenameModel("Thing", "Old"),
        migrations.CreateModel("Thing", [{ID}, ("name", models.CharField(max_length=5))])""",
        ["INSERT INTO shop_thing (id, name) VALUES (7, 'neu')"],
    ),
    "renamed, and a column that goes": (
        'migrations.RenameModel("Thing", "Ding"), migrations.RemoveField("ding", "price")',
        ["UPDATE shop_ding SET name = 'x' WHERE name = 'kopi'"],
    ),
}


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    assert shop.run("release", "--tag", "first", "-v0")[0] == DONE
    shop.sql("INSERT INTO shop_thing (name, price) VALUES ('kopi', 12), ('té', -3)")
    yield shop
    shop.drop()


@pytest.mark.parametrize("name", SHAPES)
def test_operations_together(shop, name):
    operations, statements = SHAPES[name]
    before = shop.everything()
    released(shop, "0002_together", operations)
    shop.sql(*statements)
    there = shop.everything()
    code, said = shop.run("rollback", "-v0")
    assert code == DONE, said
    assert {table: rows for table, (_, rows) in shop.everything().items()}.keys() == before.keys()
    code, said = shop.run("release", "-v0")
    assert code == DONE, said
    assert shop.everything() == there
    # And all of it, the first release too, as one.
    for command in (["rollback", "--step", "2", "-v0"], ["release", "-v0"]):
        code, said = shop.run(*command)
        assert code == DONE, said
    assert shop.everything() == there


def test_values_must_fit_every_type_on_the_way_though_the_column_goes_in_the_end(shop):
    released(shop, "0002_number", 'migrations.AddField("thing", "code", models.IntegerField(null=True))')
    released(shop, "0003_text", 'migrations.AlterField("thing", "code", models.CharField(max_length=9, null=True))')
    shop.sql("UPDATE shop_thing SET code = 'k1'")
    with nothing_changed(shop):
        code, said = shop.run("rollback", "--step", "2")
    assert code == REFUSED and "shop_thing.code: 2 rows do not fit" in said


def test_rows_that_cannot_come_back_are_counted(shop):
    released(
        shop,
        "0002_child",
        f"""migrations.CreateModel("C", [{ID},
        ("thing", models.ForeignKey("shop.Thing", models.CASCADE))])""",
    )
    shop.sql("INSERT INTO shop_c (thing_id) SELECT id FROM shop_thing")
    assert shop.run("rollback", "-v0")[0] == DONE
    shop.sql("DELETE FROM shop_thing WHERE name = 'kopi'")
    code, said = shop.run("release")
    assert code == DONE and "left out: 1 rows of shop_c" in said
    assert len(shop.sql("SELECT id FROM shop_c")) == 1
