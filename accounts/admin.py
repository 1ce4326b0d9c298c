"""Users and their phones."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Device, User
from history.services import record

SEEN = ("name", "role", "witel_id", "region_id", "is_active")


# MariaDB without time-zone tables cannot cut times into days, and django-axes' pages would fail there.
for attempts in (AccessAttempt, AccessLog, AccessFailureLog):
    admin.site.get_model_admin(attempts).date_hierarchy = None
admin.site.unregister(Group)  # roles are a column of the user, and nothing reads groups


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name", "role", "witel", "region")


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form, add_form = UserForm, NewUserForm
    list_display = ("username", "name", "role", "witel", "region", "is_active")
    list_filter = ("role", "is_active", "region")
    list_select_related = ("witel", "region")
    search_fields = ("username", "name")
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("witel",)
    readonly_fields = ("last_login", "created_at", "invited_at")
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "phone")}),
        ("Peran dan wilayah", {"fields": ("role", "witel", "region")}),
        ("Masa tugas", {"fields": ("is_active", "active_from", "active_until")}),
        ("Riwayat", {"fields": ("last_login", "created_at", "invited_at")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "name", "role", "witel", "region", "usable_password", "password1", "password2")},
        ),
    )

    def save_model(self, request, obj, form, change):
        """What changed goes to the history; a new password or an account switched off ends its phones' tokens."""
        before = User.objects.filter(pk=obj.pk).values(*SEEN).first() if change else None
        super().save_model(request, obj, form, change)
        after = {name: getattr(obj, name) for name in SEEN}
        if change and not obj.is_active:
            end_tokens(obj)
        if before != after:
            record(
                actor=request.user, verb="update_user" if change else "add_user", target=obj, before=before, after=after
            )

    def user_change_password(self, request, id, form_url=""):
        before = User.objects.filter(pk=id).values_list("password", flat=True).first()
        response = super().user_change_password(request, id, form_url)
        user = User.objects.filter(pk=id).first()
        if request.method == "POST" and user and user.password != before:
            end_tokens(user)
            record(actor=request.user, verb="update_user", target=user, after={"password": "changed"})
        return response

    def has_delete_permission(self, request, obj=None):
        return False  # what people did keeps their name; switch the account off instead


def end_tokens(user: User) -> None:
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin):
    list_display = ("name", "user", "app_version", "last_seen_at", "revocation", "revoked_at", "wiped_at")
    list_select_related = ("user",)
    list_filter = ("revocation",)
    search_fields = ("user__username", "name")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
