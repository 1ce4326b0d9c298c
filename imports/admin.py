from django.contrib import admin

from imports.models import HeaderAlias


@admin.register(HeaderAlias)
class HeaderAliasAdmin(admin.ModelAdmin):
    list_display = ("text", "kind", "field")
    list_filter = ("kind",)
    search_fields = ("text", "field")
