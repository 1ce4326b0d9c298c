"""The stages by unpaid months: the operator's names and limits."""

from django.contrib import admin

from customers.models import Stage


@admin.register(Stage)
class StageAdmin(admin.ModelAdmin):
    list_display = ("code", "label", "from_months")
