"""The dashboard's site map. Nouns, plural; a verb behind a key is a POST."""

from django.urls import path, re_path

from dashboard.views import (
    access,
    confirmed_points,
    customers,
    deciding,
    decisions,
    imports,
    order,
    orders,
    overview,
    releases,
    session,
    visits,
)

app_name = "dashboard"


def file_of(noun: str, view):
    return re_path(rf"^{noun}/download\.(?P<form>csv|xlsx|geojson)$", view, name=f"{noun}-download")


urlpatterns = [
    path("", overview.overview, name="overview"),
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-out/", session.SignOut.as_view(), name="sign-out"),
    path("password/", session.ChangePassword.as_view(), name="password"),
    path("orders/", orders.orders, name="orders"),
    file_of("orders", orders.download),
    path("orders/assign/", orders.assign, name="orders-assign"),
    path("orders/<int:pk>/", order.order, name="order"),
    path("orders/<int:pk>/phones/", order.show_phones, name="order-phones"),
    path("orders/<int:pk>/assign/", order.assign, name="order-assign"),
    path("orders/<int:pk>/unassign/", order.unassign, name="order-unassign"),
    path("orders/<int:pk>/hold/", order.hold, name="order-hold"),
    path("orders/<int:pk>/release/", order.release, name="order-release"),
    path("orders/<int:pk>/reopen/", order.reopen, name="order-reopen"),
    path("customers/", customers.customers, name="customers"),
    file_of("customers", customers.download),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/phones/", customers.show_phones, name="customer-phones"),
    file_of("confirmed-points", confirmed_points.download),
    path("visits/", visits.visits, name="visits"),
    file_of("visits", visits.download),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/quarantine/", decisions.quarantine, name="quarantine"),
    path("decisions/quarantine/<int:pk>/apply/", deciding.apply_quarantined, name="quarantine-apply"),
    path("decisions/quarantine/<int:pk>/dismiss/", deciding.dismiss_quarantined, name="quarantine-dismiss"),
    path("decisions/quarantine/<int:pk>/reopen/", deciding.reopen_quarantined, name="quarantine-reopen"),
    path("decisions/conflicts/", decisions.conflicts, name="conflicts"),
    path("decisions/conflicts/<int:pk>/phones/", decisions.conflict_phones, name="conflict-phones"),
    path("decisions/conflicts/<int:pk>/take/", deciding.take_proposal, name="conflict-take"),
    path("decisions/conflicts/<int:pk>/keep/", deciding.keep_note, name="conflict-keep"),
    path("decisions/flagged-visits/", decisions.flagged_visits, name="flagged-visits"),
    path("decisions/flagged-visits/<uuid:pk>/review/", deciding.review_visit, name="visit-review"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.upload, name="import-new"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/issues.csv", imports.issues, name="import-issues"),
    path("imports/<int:pk>/undo/", imports.undo, name="import-undo"),
    path("access/", access.access, name="access"),
    path("access/download.csv", access.download, name="access-download"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("rehearsals/", releases.rehearsals, name="rehearsals"),
    path("rehearsals/<int:pk>/", releases.rehearsal, name="rehearsal"),
    re_path(r"^rehearsals/(?P<pk>[0-9]{1,18})/evidence\.(?P<form>md|json)$", releases.evidence, name="evidence"),
]
