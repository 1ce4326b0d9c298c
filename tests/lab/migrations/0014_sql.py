"""RunSQL: statements in a list with parameters and a literal %, a script, and a table and a column with their state."""

from django.db import migrations, models

from tests.lab.tables import table


class Migration(migrations.Migration):
    dependencies = [("lab", "0013_gone")]
    operations = [
        migrations.RunSQL(
            [
                ("INSERT INTO lab_sqllist (label, rate) VALUES (%s, %s)", ["sql: 50 % 'off'", 50]),
                ("UPDATE lab_sqllist SET rate = rate %% 7 WHERE label = %s", ["sql: 50 % 'off'"]),
                "INSERT INTO lab_sqllist (label, rate) VALUES ('sql: 10% more; as is', 10)",
            ],
            [
                ("DELETE FROM lab_sqllist WHERE label LIKE 'sql: %%' AND rate >= %s", [0]),
            ],
        ),
        migrations.RunSQL(
            """
            -- One text, two statements; the first has a semicolon inside a string.
            INSERT INTO lab_sqlscript (label, rate) VALUES ('script; one', 1);
            INSERT INTO lab_sqlscript (label, rate) VALUES ('script; two', 2);
            """,
            """
            DELETE FROM lab_sqlscript WHERE label = 'script; one';
            DELETE FROM lab_sqlscript WHERE label = 'script; two';
            """,
        ),
        migrations.RunSQL(
            "CREATE TABLE lab_sqltable (id bigint NOT NULL PRIMARY KEY, label varchar(60) NOT NULL)",
            "DROP TABLE lab_sqltable",
            state_operations=[table("SqlTable")],
        ),
        migrations.RunSQL(
            "ALTER TABLE lab_sqlcolumn ADD COLUMN rate integer NULL",
            "ALTER TABLE lab_sqlcolumn DROP COLUMN rate",
            state_operations=[migrations.AddField("SqlColumn", "rate", models.IntegerField(null=True))],
        ),
        migrations.RunSQL("DELETE FROM lab_town WHERE label = 'no such town'", migrations.RunSQL.noop, elidable=True),
    ]
