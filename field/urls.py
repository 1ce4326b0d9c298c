"""Pages for customers, below /p/. Any text may stand for a token, so that a malformed one answers as an unknown one."""

from django.urls import path

from field import views

app_name = "field"

urlpatterns = [
    path("thanks/", views.thanks, name="thanks"),
    path("<str:token>/", views.customer_pin, name="customer-pin"),
]
