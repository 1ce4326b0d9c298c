"""Every model is in the map: a new one fails here until somebody says whom its rows are about."""

import pytest
from django.apps import apps

from privacy import tables
from privacy.map import FILES, HOLDS, NOBODY, STAFF
from privacy.ways import Held, Mention, Way

# Words in a column's name that smell of a person; where NOBODY has one, it is said here that it is of staff or a place.
SMELLS = ("name", "phone", "note", "address", "lat", "lon", "customer", "service_number")
OF_STAFF_OR_PLACES = {"regions", "accounts", "axes", "admin", "contenttypes", "auth"}
LOOKED_AT = {
    "customers.DistributionPoint": {"lat", "lon"},
    "imports.Batch": {"filename"},
    "releases.Archive": {"name"},
    "field.MissedLink": {"address"},
    "privacy.Erasure": {"customer"},
    "workorders.AgentPosition": {"lat", "lon"},
}


def test_every_model_is_declared_once():
    models = {model._meta.label for model in apps.get_models()}

    assert models - set(HOLDS) - set(NOBODY) == set(), "say in privacy/map.py whom these tables are about"
    assert (set(HOLDS) | set(NOBODY)) - models == set(), "these are in privacy/map.py and nowhere else"
    assert set(HOLDS) & set(NOBODY) == set()


@pytest.mark.parametrize("label", HOLDS)
def test_the_map_names_columns_that_are_there(label):
    model, held = apps.get_model(label), HOLDS[label]
    fields = {field.name for field in model._meta.get_fields()}

    assert held.why and held.by and isinstance(held, Held)
    assert {*held.left, *held.ends, *held.texts} <= fields
    for way in held.by:
        if isinstance(way, Way):
            str(model._default_manager.filter(way.among([1])).query)
        if isinstance(way, Mention):
            assert way.column in fields


@pytest.mark.parametrize("label", NOBODY)
def test_what_is_about_nobody_has_a_reason_and_no_column_of_a_person(label):
    model, word = apps.get_model(label), NOBODY[label]
    columns = {field.name for field in model._meta.fields}
    smelling = {name for name in columns for smell in SMELLS if smell in name.split("_") or smell == name}

    assert word.why and set(word.texts) <= columns
    if label.split(".")[0] not in OF_STAFF_OR_PLACES:
        assert smelling <= LOOKED_AT.get(label, set()), f"{label} has {smelling}"


@pytest.mark.parametrize("label", [label for label, held in HOLDS.items() if held.gone is False])
def test_what_stays_of_a_row_holds_no_free_text_and_no_point(label):
    """A column that may hold words or a place is either emptied or named here as harmless."""
    harmless = {
        *STAFF, "source", "status", "state", "kind", "why", "outcome", "cancel_reason", "advice", "evidence", "verb",
        "target_type", "target_id", "purpose", "field", "severity", "reason", "table", "first_key", "last_key",
        "content_hash", "flags", "id", "distance_m", "last_error", "clock_trust", "verdict", "type", "entity", "code", "sent",
    }  # fmt: skip
    model, held = apps.get_model(label), HOLDS[label]
    kinds = ("CharField", "TextField", "JSONField", "FloatField")
    words = {field.name for field in model._meta.fields if field.get_internal_type() in kinds}

    assert words - set(held.left) - harmless == set()


def test_files_of_tables_have_an_age():
    for label, kept in FILES.items():
        assert apps.get_model(label)._meta.get_field(kept.since)


@pytest.mark.django_db
def test_the_database_has_no_table_that_nobody_knows():
    unknown = set(tables.all_tables()) - set(tables.models_by_table())

    assert {name for name in unknown if not name.startswith("zz_rb_")} == set()
