"""The coded results of visits, the names that old systems have for them, and the steps before an ATK."""

from django.contrib import admin

from workorders.models import Disposition, DispositionAlias, RescueKind


class AliasInline(admin.TabularInline):
    model = DispositionAlias
    extra = 1


@admin.register(Disposition)
class DispositionAdmin(admin.ModelAdmin):
    list_display = ("code", "label_id", "group", "is_contact", "is_right_party", "is_final", "verdict", "is_active")
    list_filter = ("group", "is_active")
    search_fields = ("code", "label_id", "label_en")
    inlines = [AliasInline]

    def get_readonly_fields(self, request, obj=None):
        return ("code",) if obj else ()

    def has_delete_permission(self, request, obj=None):
        return False  # visits refer to it; switch it off instead


@admin.register(RescueKind)
class RescueKindAdmin(admin.ModelAdmin):
    list_display = ("code", "label_id", "is_required", "is_active", "position")
    list_editable = ("is_required", "is_active", "position")

    def get_readonly_fields(self, request, obj=None):
        return ("code",) if obj else ()

    def has_delete_permission(self, request, obj=None):
        return False  # steps refer to it; switch it off instead
