"""Roles and what each may do: the one table that every access check and its tests read."""

from django.db.models import TextChoices


class Role(TextChoices):
    AGENT = "AGENT", "CTB"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    REGION_MANAGER = "REGION_MANAGER", "Manajer regional"
    TECHNICIAN = "TECHNICIAN", "Teknisi"
    ANALYST = "ANALYST", "Analis"
    ADMIN = "ADMIN", "Admin"
    AUDITOR = "AUDITOR", "Auditor"


AGENT, SUPERVISOR, MANAGER = Role.AGENT, Role.SUPERVISOR, Role.REGION_MANAGER
TECHNICIAN, ANALYST, ADMIN, AUDITOR = Role.TECHNICIAN, Role.ANALYST, Role.ADMIN, Role.AUDITOR

VERBS: dict[str, frozenset[str]] = {
    "see_orders": frozenset({AGENT, SUPERVISOR, MANAGER, ANALYST, ADMIN}),
    "see_bills": frozenset({AGENT, SUPERVISOR, MANAGER, ANALYST, ADMIN}),
    "see_points": frozenset({AGENT, TECHNICIAN, SUPERVISOR, MANAGER, ANALYST, ADMIN}),
    "see_names": frozenset({AGENT, TECHNICIAN, SUPERVISOR, MANAGER, ADMIN}),
    "see_photos": frozenset({AGENT, SUPERVISOR, MANAGER, ADMIN}),
    "see_phones": frozenset({AGENT, SUPERVISOR, MANAGER, ADMIN}),
    "write_visits": frozenset({AGENT}),
    "write_pins": frozenset({AGENT, TECHNICIAN}),
    "send_pin_links": frozenset({AGENT, SUPERVISOR, MANAGER, ADMIN}),
    "assign": frozenset({SUPERVISOR, MANAGER, ADMIN}),
    "decide": frozenset({SUPERVISOR, MANAGER, ADMIN}),
    "import": frozenset({MANAGER, ADMIN}),
    "export": frozenset({SUPERVISOR, MANAGER, ANALYST, ADMIN}),
    "manage_users": frozenset({SUPERVISOR, MANAGER, ADMIN}),
    "edit_rules": frozenset({ADMIN}),
    "see_rules": frozenset({ADMIN, AUDITOR}),
    "see_access_log": frozenset({ADMIN, AUDITOR}),
    "see_releases": frozenset({ADMIN}),
}

# Agents see only their own orders and the customers of these; technicians any customer of their scope.
OWN_ORDERS_ONLY = frozenset({AGENT})
