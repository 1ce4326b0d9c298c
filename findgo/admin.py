"""Reference data and users; nothing that a feed or the field owns is edited here."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.urls import reverse
from django.utils import timezone


class FindGoAdminSite(AdminSite):
    site_header = site_title = "Find&Go"
    index_title = "Data acuan dan pengguna"

    def has_permission(self, request):
        user = request.user
        return user.is_authenticated and user.is_staff and user.is_in_service(timezone.localdate())

    def login(self, request, extra_context=None):
        """The dashboard's sign-in: one door for passwords, their limits and the second factor."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
