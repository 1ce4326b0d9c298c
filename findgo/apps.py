"""The admin site, for admins only: supervisors work in the dashboard."""

from django.contrib.admin.apps import AdminConfig


class FindGoAdminConfig(AdminConfig):
    default_site = "findgo.admin.FindGoAdminSite"

    def ready(self):
        super().ready()
        from findgo import checks  # noqa: F401  registers them
