"""Dangerous combinations of settings, told by `manage.py check --database default`."""

from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from accounts.verbs import Role
from dashboard.doors import IN_THE_APP
from findgo.env import env

WANTED = (
    "sql_mode",
    "transaction_isolation",
    "tx_isolation",
    "character_set_database",
    "local_infile",
    "innodb_flush_log_at_trx_commit",
)
# From here on a statement that changes structure happens whole or not at all (MariaDB 10.6), and adding and
# dropping columns in place does not damage their table (as in MySQL 8.0.29 to 8.0.31). A rollback relies on both.
LEAST = {"MariaDB": (10, 6), "MySQL": (8, 0, 32)}


@register(Tags.security, deploy=True)
def secret_key_is_shared(app_configs, **kwargs):
    """Each machine would make its own key, and tokens of one would be strangers to the other."""
    if settings.DEBUG or env.str("SECRET_KEY", ""):
        return []
    hint = "Set SECRET_KEY (or SECRET_KEY_FILE) to the same value on every machine."
    return [Warning("SECRET_KEY is not set; one was made for this machine only.", hint=hint, id="findgo.W001")]


@register(Tags.security)
def roles_that_need_a_second_factor_exist(app_configs, **kwargs):
    """Of those that have the page to set one up: people of the field app would be locked out for good."""
    known = [role for role in Role.values if role not in IN_THE_APP]
    strange = sorted(set(settings.TOTP_REQUIRED_ROLES) - set(known))
    if not strange:
        return []
    hint = f"TOTP_REQUIRED_ROLES takes {', '.join(known)}."
    return [Error(f"{', '.join(strange)}: no role with a page for a second factor.", hint=hint, id="findgo.E001")]


@register(Tags.security, deploy=True)
def admins_need_a_second_factor(app_configs, **kwargs):
    if settings.DEBUG or Role.ADMIN in settings.TOTP_REQUIRED_ROLES:
        return []
    hint = "Leave TOTP_REQUIRED_ROLES out, or put ADMIN into it."
    return [Warning("Admins sign in with a password alone.", hint=hint, id="findgo.W007")]


@register(Tags.staticfiles, deploy=True)
def field_app_is_built(app_configs, **kwargs):
    if all((Path(settings.FIELD_APP_DIR) / name).exists() for name in ("index.html", "sw.js")):
        return []
    hint = "Run `make frontend`, then `manage.py collectstatic`; deploy/release does both."
    return [Warning("The field app is not built: /app/ answers 503.", hint=hint, id="findgo.W009")]


@register(Tags.database)
def database_is_safe(app_configs, databases=None, **kwargs):
    """MySQL and MariaDB: strict mode, READ COMMITTED, utf8mb4, so that nothing is cut or lost in silence."""
    return [warning for alias in databases or [] for warning in warnings_of(connections[alias])]


def warnings_of(connection) -> list[Warning]:
    if connection.vendor != "mysql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW VARIABLES WHERE Variable_name IN ({', '.join(['%s'] * len(WANTED))})", WANTED)
        said = dict(cursor.fetchall())
    # MariaDB 10 and MySQL 8 call it by different names.
    isolation = said.get("transaction_isolation") or said.get("tx_isolation", "")
    charset = said["character_set_database"]
    found = []
    if "STRICT" not in said["sql_mode"]:
        found.append(Warning("The database is not in strict mode: it cuts values that do not fit.", id="findgo.W002"))
    if isolation.replace("-", " ").upper() != "READ COMMITTED":
        found.append(Warning(f"Transactions run as {isolation}, not READ COMMITTED.", id="findgo.W003"))
    if charset != "utf8mb4":
        hint = "ALTER DATABASE … CHARACTER SET utf8mb4"
        found.append(Warning(f"The database's character set is {charset}.", hint=hint, id="findgo.W004"))
    if said["local_infile"] != "ON":
        hint = "Set local_infile=1 on the server."
        found.append(Warning("LOAD DATA LOCAL is off: imports are several times slower.", hint=hint, id="findgo.W005"))
    if said["innodb_flush_log_at_trx_commit"] != "1":
        hint = "Set innodb_flush_log_at_trx_commit=1 on the server."
        text = "Commits are not flushed: what phones were told is safe may be lost when the machine dies."
        found.append(Warning(text, hint=hint, id="findgo.W008"))
    least = LEAST["MariaDB" if connection.mysql_is_mariadb else "MySQL"]
    if connection.mysql_version < least:
        text = f"A statement that changes structure is not safe before version {'.'.join(map(str, least))}."
        found.append(Warning(text, hint="See docs/rollback.md, then upgrade the server.", id="findgo.W006"))
    return found
