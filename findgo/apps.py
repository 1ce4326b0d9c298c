"""The admin site, for admins only: supervisors work in the dashboard."""

from django.contrib.admin.apps import AdminConfig


class FindGoAdminConfig(AdminConfig):
    default_site = "findgo.admin.FindGoAdminSite"

    def ready(self):
        super().ready()
        from axes import admin as axes

        from findgo import checks  # noqa: F401  registers them

        # Days by month are cut with the database's time zones, which MariaDB has only where somebody loaded them.
        for pages in (axes.AccessAttemptAdmin, axes.AccessLogAdmin, axes.AccessFailureLogAdmin):
            pages.date_hierarchy = None
