"""The agents' app below /app/, and pages for customers below /p/. There any text may stand for a token, so that a
malformed one answers as an unknown one.
"""

from django.urls import path

from field.views import app, customer_pin

app_name = "field"

urlpatterns = [
    path("app/", app.shell, name="app"),
    path("app/sw.js", app.worker, name="app-worker"),
    path("app/manifest.webmanifest", app.manifest, name="app-manifest"),
    path("p/thanks/", customer_pin.thanks, name="thanks"),
    path("p/<str:token>/", customer_pin.customer_pin, name="customer-pin"),
]
