"""Reads the environment once, and refuses nonsense at start.

A newcomer needs nothing: SQLite under var/, DEBUG off, and a secret key made for this machine.
Production sets the variables of .env.example.
"""

import re
import secrets
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env")


def positive(name: str, default: int, most: int | None = None) -> int:
    """An integer above zero, up to `most`, from the environment, or a refusal that names the variable."""
    value = env.int(name, default)
    if value <= 0:
        raise ImproperlyConfigured(f"{name} must be a whole number above 0, not {value}.")
    if most is not None and value > most:
        raise ImproperlyConfigured(f"{name} must be at most {most}, not {value}.")
    return value


def offline() -> dict:
    """What a phone may do without us, and how it hands things in: `rules.offline` of /api/v1/me/."""
    return {
        "lease_hours": positive("OFFLINE_LEASE_HOURS", 72, most=14 * 24),
        "orders_most": positive("OFFLINE_ORDERS_MOST", 300, most=2000),
        "pin_min_length": positive("OFFLINE_PIN_MIN_LENGTH", 6, most=32),
        "wipe_after_wrong_pins": positive("OFFLINE_WIPE_AFTER_WRONG_PINS", 10, most=100),
        "sealed_days": positive("OFFLINE_SEALED_DAYS", 7, most=60),
        "lock_minutes": positive("OFFLINE_LOCK_MINUTES", 15, most=24 * 60),
        "push_most_operations": 100,
        "push_most_bytes": 1024 * 1024,
        "upload_first_chunk_bytes": 64 * 1024,
        "upload_most_chunk_bytes": 1024 * 1024,
        "retry": {"first_s": 1, "factor": 2, "most_s": 300},
    }


def secret_key() -> str:
    """SECRET_KEY from the environment, else a random one kept for this machine in var/secret_key.

    Several machines behind one address need the same key: check `findgo.W001` says so.
    """
    given = env.str("SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
        return given
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(exist_ok=True)
        fresh = VAR_DIR / f"secret_key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # the first process to get here wins, the others read its key
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


def erasure_key(otherwise: str) -> str:
    """ERASURE_KEY, by which erased people are recognised; SECRET_KEY where none is set."""
    given = env.str("ERASURE_KEY", "").strip()
    if given and len(given) < 32:
        raise ImproperlyConfigured("ERASURE_KEY must have at least 32 characters.")
    return given or otherwise


def webhook(*, is_debug: bool) -> tuple[str, str]:
    """PROVISIONING_WEBHOOK_URL and _SECRET, both '' where there is no URL: then nothing is offered.

    What goes there are the places of people's houses, so https, except to this machine and where DEBUG is on.
    """
    url = env.str("PROVISIONING_WEBHOOK_URL", "").strip()
    secret = env.str("PROVISIONING_WEBHOOK_SECRET", "").strip()  # a file ends with a line break that is no part of it
    if not url:
        return "", ""
    if reason := why_no_webhook(url, is_debug):
        raise ImproperlyConfigured(f"PROVISIONING_WEBHOOK_URL {reason}.")
    if len(secret) < 32:
        raise ImproperlyConfigured("PROVISIONING_WEBHOOK_SECRET must have at least 32 characters.")
    return url, secret


def why_no_webhook(url: str, is_debug: bool) -> str:
    """Why this URL cannot be posted to, '' where it can. The URL itself is not told: it may hold a password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # asking for the port raises where it is none
    except ValueError:
        return "is no URL"
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        return "must be https://host/path in plain ASCII"
    if parts.username is not None or parts.fragment:
        return "must hold no user, password or #fragment"
    if parts.scheme == "http" and not is_debug and not is_this_machine(host):
        return "must be https; http is for this machine only, or with DEBUG on"
    return ""


def basemap(*, is_debug: bool) -> dict | None:
    """BASEMAP_URL and BASEMAP_ATTRIBUTION: the map that phones lay under their orders; None where there is none.

    Its host goes into the app's Content-Security-Policy, so it is a plain name. It may hold a key: it is not repeated.
    """
    url, attribution = (env.str(name, "").strip() for name in ("BASEMAP_URL", "BASEMAP_ATTRIBUTION"))
    if not url:
        return None
    if reason := why_no_basemap(url, is_debug):
        raise ImproperlyConfigured(f"BASEMAP_URL {reason}.")
    if len(attribution) > 200 or set(attribution) & set("<>"):
        raise ImproperlyConfigured("BASEMAP_ATTRIBUTION must be plain text of at most 200 characters, no HTML.")
    return {"url": url, "kind": "pmtiles" if "{" not in url else "raster", "attribution": attribution}


def why_no_basemap(url: str, is_debug: bool) -> str:
    """Why no map can be had from this URL, '' where it can."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no URL"
    is_own = url.startswith("/") and not parts.netloc
    is_host = parts.scheme in ("http", "https") and re.fullmatch(r"[a-z0-9.-]+", host)
    if not (is_own or is_host) or not url.isascii() or not url.isprintable() or set(url) & set(" \\"):
        return "must be https://host/path, or a path on this host that begins with one /, in plain ASCII"
    if parts.username is not None or parts.fragment:
        return "must hold no user, password or #fragment"
    if parts.scheme == "http" and not is_debug:
        return "must be https; http is for DEBUG only"
    if not parts.path.endswith(".pmtiles") and sorted(re.findall(r"\{.*?\}", url)) != ["{x}", "{y}", "{z}"]:
        return "must hold {z}, {x} and {y} once each and nothing else in braces, or name a file that ends in .pmtiles"
    if parts.path.endswith(".pmtiles") and set(url) & set("{}"):
        return "names a .pmtiles file, which takes no {z}, {x} and {y}"
    return ""


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def database() -> dict:
    """DATABASE_URL as Django wants it, with the options that each database needs to be safe.

    SQLite: WAL and IMMEDIATE transactions (0 "database is locked" against 10,176 without); FULL, since NORMAL may lose
    the last commits when the power goes, and a phone was told that they are safe.
    MySQL and MariaDB: READ COMMITTED, strict mode, utf8mb4, LOAD DATA LOCAL for the imports.
    """
    url = env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'findgo.sqlite3'}"
    if not url.startswith(("sqlite:", "mysql:")):
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or mysql://.")
    config = env.db_url_config(url)
    if config["ENGINE"].endswith("sqlite3"):
        Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
        }
    else:
        use_pymysql_where_needed()
        config["OPTIONS"] = {
            "charset": "utf8mb4",
            "isolation_level": "read committed",
            "local_infile": True,
            "init_command": "SET sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
        }
        config["CONN_HEALTH_CHECKS"] = True
        config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
        config["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
    return config


def use_pymysql_where_needed() -> None:
    """mysqlclient is the driver; where it could not be compiled, PyMySQL takes its place."""
    try:
        import MySQLdb  # noqa: F401
    except ImportError:
        import pymysql

        pymysql.install_as_MySQLdb()
