from django.urls import path

from accounts.api import schema as schema
from accounts.api.views import Me, Refresh, SignIn, SignOut

urlpatterns = [
    path("auth/login/", SignIn.as_view()),
    path("auth/refresh/", Refresh.as_view()),
    path("auth/logout/", SignOut.as_view()),
    path("me/", Me.as_view()),
]
