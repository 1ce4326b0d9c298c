"""The admin site, for admins only: supervisors work in the dashboard."""
from django.contrib.admin.apps import AdminConfig


class FindGoAdminConfig(AdminConfig):
    default_site = "findgo.admin.FindGoAdminSite"
