"""Reference data and users; nothing that a feed or the field owns is edited here."""

from django.contrib.admin import AdminSite


class FindGoAdminSite(AdminSite):
    site_header = site_title = "Find&Go"
    index_title = "Data acuan dan pengguna"

    def has_permission(self, request):
        return request.user.is_active and request.user.is_staff
