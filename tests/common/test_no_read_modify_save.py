"""Nothing is read, changed and saved as a whole: what another request wrote meanwhile would be lost without a word.

Counters are counted by the database (`F()`), states move by a conditional update whose row count tells who won. A function
that sets an attribute of a row and then saves it has to say below why nobody else can be at that row.
"""

import ast

from django.conf import settings

APPS = (
    "accounts",
    "common",
    "customers",
    "dashboard",
    "exports",
    "field",
    "findgo",
    "history",
    "imports",
    "regions",
    "workorders",
)
HELD = {
    "accounts/services/devices.py:restore_device": "find_device locked the row",
    "accounts/services/devices.py:work": "the same, inside of restore_device",
    "accounts/services/devices.py:revoke": "find_device, or the sign-in that retires it, locked the row",
    "accounts/services/second_factor.py:confirm_enrolment": "the row is locked",
    "accounts/services/second_factor.py:work": "the same, inside of confirm_enrolment",
    "accounts/services/users.py:update_user": "the row is locked",
    "accounts/services/users.py:work": "the same, inside of update_user",
    "customers/services/notes.py:write_notes": "merge_notes and set_note locked the customer's row",
    "customers/services/corrections.py:settle": "the customer's row is locked by find_correction",
    "customers/services/offers.py:compose": "the row is new: nobody else has seen it",
    "customers/services/offers.py:work": "the same, inside of compose",
    "imports/services.py:refuse_batch": "only one import runs",
    "imports/services.py:begin": "only one import runs",
    "imports/services.py:save_issues": "only one import runs",
    "imports/services.py:finish": "only one import runs",
    "imports/services.py:work": "the same, inside of finish",
    "imports/undo.py:close": "only one import or undo runs",
    "workorders/services/developing.py:settle": "the photo's row is locked",
    "workorders/services/developing.py:work": "the same, inside of settle",
    "workorders/services/feed.py:forget_some": "the scope's row is locked",
    "workorders/services/photos.py:declare_photos": "claim_photo locked the photo's row",
    "workorders/services/photos.py:flag_reused": "the visit's row is locked",
    "workorders/services/uploads.py:add_chunk": "locked_upload locked the row",
    "workorders/services/uploads.py:end_upload": "the same",
    "workorders/services/uploads.py:work": "the same, inside of both",
    "workorders/sync/review.py:close": "find locked the row",
    "workorders/services/locating.py:locate_everybody": "only one locating runs",
    "workorders/services/locating.py:locate_piece": "only one locating runs",
}


def test_every_save_of_a_changed_row_is_held_by_a_lock():
    found = {f"{path}:{name}" for path, tree in trees() for name in saves_what_it_changed(tree)}
    new, gone = sorted(found - HELD.keys()), sorted(HELD.keys() - found)
    assert not new, (
        f"{new} change a row and save it: use F() or a conditional update, or say in HELD why nobody else can be there"
    )
    assert not gone, f"{gone} do it no more: take them out of HELD"


def test_the_scan_sees_what_it_is_there_for():
    seen = "def a(x):\n x.n += 1\n x.save()\ndef b(x):\n x.state = 1\n x.save(update_fields=['state'])\ndef c(x):\n x.save()\ndef d(x):\n x.n = 1"
    assert saves_what_it_changed(ast.parse(seen)) == {"a", "b"}


def trees():
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if not {"migrations", "demo"} & set(path.parts):
                yield path.relative_to(settings.BASE_DIR).as_posix(), ast.parse(path.read_text())


def saves_what_it_changed(tree: ast.AST) -> set[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {function.name for function in functions if names_changed(function) & names_saved(function)}


def names_changed(function: ast.FunctionDef) -> set[str]:
    targets = []
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign):
            targets.append(node.target)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                targets += target.elts if isinstance(target, ast.Tuple) else [target]
    return {
        target.value.id
        for target in targets
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
    }


def names_saved(function: ast.FunctionDef) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {
        call.value.id
        for call in calls
        if isinstance(call, ast.Attribute)
        and call.attr == "save"
        and isinstance(call.value, ast.Name)
        and call.value.id != "self"
    }
