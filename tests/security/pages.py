"""Every page outside the API, a line each: `name` of the URL map → samples, as in tests/security/samples.py.

Pages are asked with all methods; `body` is what a POST carries. `before` and `after` are rows where a table goes on from
one; where they only bound the key (logs, batches, issues) any number will do, and no row is looked up. A new page: add a line. A new parameter that names no row
with an owner: add it to PLAIN_PARAMETERS.
"""

from tests.security.slots import Row, Sample

PK = {
    name: {"pk": Row(name)}
    for name in (
        "order",
        "ready_order",
        "closed_order",
        "held_order",
        "customer",
        "batch",
        "release",
        "rehearsal",
        "device",
        "retired_device",
    )
}
FORMS = {"form": "csv"}
DAYS = {"since": "2026-11-25T00:00", "until": "2026-11-27T00:00"}

PAGES = {
    "live": Sample(""),
    "ready": Sample(""),
    "metrics": Sample(""),
    "schema": Sample(""),
    "docs": Sample(""),
    "field:thanks": Sample(""),
    "field:customer-pin": Sample("", path={"token": "kunci"}),  # who holds the key may come in: no id
    "dashboard:overview": Sample("supervisor", query={"where": Row("place")}),
    "dashboard:sign-in": Sample(""),
    "dashboard:sign-in-code": Sample("", body={"code": "000000"}),
    "dashboard:sign-out": Sample(""),
    "dashboard:password": Sample(""),
    "dashboard:security": Sample("supervisor"),
    "dashboard:security-begin": Sample("supervisor", body={}),
    "dashboard:security-confirm": Sample("supervisor", body={"code": "000000"}),
    "dashboard:security-disable": Sample("supervisor", body={"password": "salah", "code": "000000"}),
    "dashboard:orders": Sample("supervisor", query={"state": "", "assignee": Row("own_agent"), "after": Row("closed_order"), "where": Row("place")}),
    "dashboard:orders 2": Sample("supervisor", query={"state": "", "before": Row("order")}),
    "dashboard:orders-download": Sample("supervisor", path=FORMS, query={"state": "", "assignee": Row("own_agent"), "where": Row("place")}),
    "dashboard:orders-assign": Sample("supervisor", body={"agent": Row("agent_number"), "order": [Row("ready_order"), Row("order")]}),
    "dashboard:order": Sample("supervisor", path=PK["order"]),
    "dashboard:order-phones": Sample("supervisor", path=PK["order"], body={}),
    "dashboard:order-assign": Sample("supervisor", path=PK["ready_order"], body={"agent": Row("agent_number")}),
    "dashboard:order-unassign": Sample("supervisor", path=PK["order"], body={"unassign-reason": "uji"}),
    "dashboard:order-hold": Sample("supervisor", path=PK["order"], body={"hold-reason": "uji"}),
    "dashboard:order-release": Sample("supervisor", path=PK["held_order"], body={}),
    "dashboard:order-reopen": Sample("supervisor", path=PK["closed_order"], body={"reopen-reason": "uji"}),
    "dashboard:customers": Sample("supervisor", query={"after": Row("customer"), "where": Row("place")}),
    "dashboard:customers 2": Sample("supervisor", query={"before": Row("customer")}),
    "dashboard:customers-download": Sample("supervisor", path=FORMS, query={"where": Row("place")}),
    "dashboard:customer": Sample("supervisor", path=PK["customer"]),
    "dashboard:customer-phones": Sample("supervisor", path=PK["customer"], body={}),
    "dashboard:confirmed-points-download": Sample("supervisor", path=FORMS, query={"where": Row("place")}),
    "dashboard:visits": Sample("supervisor", query={"agent": Row("own_agent"), "after": Row("visit"), "where": Row("place")}),
    "dashboard:visits 2": Sample("supervisor", query={"before": Row("visit")}),
    "dashboard:visits-download": Sample("supervisor", path=FORMS, query={"agent": Row("own_agent"), "where": Row("place")}),
    "dashboard:imports": Sample("manager"),
    "dashboard:import-new": Sample("manager", body={"ticket": Row("ticket")}),
    "dashboard:import": Sample("manager", path=PK["batch"]),
    "dashboard:import-issues": Sample("manager", path=PK["batch"]),
    "dashboard:import-undo": Sample("manager", path=PK["batch"], body={}),
    "dashboard:phones": Sample("supervisor", query={"who": Row("agent"), "after": Row("device")}),
    "dashboard:phone-revoke": Sample("supervisor", path=PK["device"], body={"kind": "RETIRED", "reason": "uji"}),
    "dashboard:phone-restore": Sample("supervisor", path=PK["retired_device"], body={}),
    "dashboard:access": Sample("admin", query={"who": Row("own_agent")}),
    "dashboard:access 2": Sample("admin", query={"line": Row("line")}),
    "dashboard:access-download": Sample("admin", query={"who": Row("own_agent")}),
    "dashboard:access-download 2": Sample("admin", query={"line": Row("line")}),
    "dashboard:incident": Sample("admin", query={"who": Row("own_agent"), **DAYS}),
    "dashboard:incident 2": Sample("admin", query={"device": Row("device"), **DAYS}),
    "dashboard:incident-download": Sample("admin", query={"who": Row("own_agent"), **DAYS}),
    "dashboard:incident-download 2": Sample("admin", query={"device": Row("device"), **DAYS}),
    "dashboard:releases": Sample("admin"),
    "dashboard:release": Sample("admin", path=PK["release"], query={"run": Row("run")}),
    "dashboard:rehearsals": Sample("admin"),
    "dashboard:rehearsal": Sample("admin", path=PK["rehearsal"]),
    "dashboard:evidence": Sample("admin", path={"pk": Row("rehearsal"), "form": "md"}),
}  # fmt: skip

# What forms and views read and what names no row with an owner.
PLAIN_PARAMETERS = frozenset(
    [
        "accuracy_m",
        "arrears",
        "back",
        "cancel",
        "code",
        "customer",  # of the access log alone: those who may see it see everybody
        "column",
        "columns",
        "due_since",
        "due_until",
        "file",
        "flag",
        "flagged",
        "grade",
        "kind",
        "known_at",
        "lat",
        "log",
        "lon",
        "new_password1",
        "new_password2",
        "old_password",
        "page",
        "password",
        "promise",
        "purpose",
        "q",
        "reason",
        "relation",
        "result",
        "severity",
        "since",
        "sort",
        "stage",
        "state",
        "until",
        "username",
    ]
)
