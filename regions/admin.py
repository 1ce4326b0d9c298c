"""Regions and witel: names, zones, visiting hours. They come with the migrations, areas with `manage.py import_areas`;
nothing is added or deleted here."""

from django.contrib import admin

from regions.models import Area, Region, Witel


class ReferenceAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    list_display = ("code", "name", "visits_from", "visits_until", "visit_weekdays")
    readonly_fields = ("code",)


@admin.register(Witel)
class WitelAdmin(ReferenceAdmin):
    list_display = ("code", "name", "region", "seat", "timezone")
    list_filter = ("region",)
    list_select_related = ("region",)
    search_fields = ("code", "name", "seat")
    readonly_fields = ("code", "region")


@admin.register(Area)
class AreaAdmin(ReferenceAdmin):
    """To look at: points are checked against what was imported as a whole, and the next import writes it anew."""

    list_display = ("code", "name", "kind", "district", "regency", "witel", "origin")
    list_filter = ("kind", "origin", "witel")
    list_select_related = ("witel",)
    search_fields = ("code", "name", "district", "regency")

    def has_change_permission(self, request, obj=None):
        return False
