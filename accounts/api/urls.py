from django.urls import path

from accounts.api import devices
from accounts.api import schema as schema
from accounts.api.views import Me, Refresh, SignIn, SignOut

urlpatterns = [
    path("auth/login/", SignIn.as_view()),
    path("auth/refresh/", Refresh.as_view()),
    path("auth/logout/", SignOut.as_view()),
    path("me/", Me.as_view()),
    path("devices/", devices.DeviceList.as_view()),
    path("devices/<uuid:device>/revocations/", devices.Revocations.as_view()),
    path("devices/<uuid:device>/revocations/current/", devices.CurrentRevocation.as_view()),
]
