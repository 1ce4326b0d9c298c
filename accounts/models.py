"""Who: users with a role and a scope, their phones, and the tokens of those phones."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from accounts.verbs import VERBS, Role
from regions.models import Region, Witel
from regions.scope import Scope


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        return self.create_user(username, password, role=Role.ADMIN, **fields)


class UserQuerySet(models.QuerySet):
    def agents(self):
        return self.filter(role=Role.AGENT, is_active=True)

    def visible_to(self, user):
        """The people a user may name: those of the same scope."""
        scope = user.scope
        if scope.everything:
            return self
        if scope.region_id:
            return self.filter(models.Q(region_id=scope.region_id) | models.Q(witel__region_id=scope.region_id))
        return self.filter(witel_id=scope.witel_id or 0)


class User(AbstractBaseUser):
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150, blank=True, db_default="")
    phone = models.CharField(max_length=20, blank=True, db_default="", help_text="E.164")
    role = models.CharField(max_length=16, choices=Role.choices)
    witel = models.ForeignKey(Witel, models.PROTECT, null=True, blank=True, related_name="users")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField(default=True, db_default=True)
    active_from = models.DateField(null=True, blank=True)
    active_until = models.DateField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True, help_text="made by an import; has no password yet")
    feed_batch = models.BigIntegerField(null=True, editable=False, help_text="the import that made the account")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(witel__isnull=True) | models.Q(region__isnull=True),
                name="user_has_one_scope",
                violation_error_message="Choose a witel or a region, not both.",
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=[Role.AGENT, Role.SUPERVISOR, Role.TECHNICIAN])
                | models.Q(witel__isnull=False)
                | models.Q(region__isnull=False),
                name="field_roles_have_a_place",
                violation_error_message="An agent, supervisor or technician belongs to a witel or a region.",
            ),
        ]

    def __str__(self):
        return self.name or self.username

    @property
    def scope(self) -> Scope:
        if self.witel_id:
            return Scope(witel_id=self.witel_id)
        if self.region_id:
            return Scope(region_id=self.region_id)
        return Scope(everything=self.role not in (Role.AGENT, Role.SUPERVISOR, Role.TECHNICIAN))

    def may(self, verb: str) -> bool:
        """Whether the role has a verb of `accounts.verbs.VERBS`; unknown verbs are a programming error."""
        return self.role in VERBS[verb]

    def is_in_service(self, today) -> bool:
        """Active today: agents of a campaign have a first and a last day."""
        started = self.active_from is None or self.active_from <= today
        return self.is_active and started and (self.active_until is None or today <= self.active_until)

    # Django's admin asks these; only the admin role enters it.
    @property
    def is_staff(self):
        return self.role == Role.ADMIN

    is_superuser = is_staff

    def has_perm(self, perm, obj=None):
        return self.is_active and self.role == Role.ADMIN

    def has_module_perms(self, app_label):
        return self.has_perm(app_label)


class DeviceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The phones whose people a user looks after: of agents alone for a supervisor."""
        if not user.may("manage_users"):
            return self.none()
        people = User.objects.visible_to(user)
        if user.role == Role.SUPERVISOR:
            people = people.filter(role=Role.AGENT)
        return self.filter(user__in=people.order_by().values("pk"))

    def in_use(self):
        return self.filter(revoked_at=None)

    def in_state(self, state: str | None):
        """`in_use`, `retired`, `lost`; all without one."""
        lost = models.Q(revocation=Device.Revocation.LOST)
        revoked = models.Q(revoked_at__isnull=False)
        rules = {"in_use": ~revoked, "retired": revoked & ~lost, "lost": lost}
        return self.filter(rules[state]) if state else self


class Device(models.Model):
    """One phone. Its id is made on the phone; revoking it counts from the next request, on every worker."""

    class Revocation(models.TextChoices):
        LOST = "LOST", "Hilang"  # told to wipe, and refused everything
        RETIRED = "RETIRED", "Diganti"  # may only send what it still holds

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="devices")
    name = models.CharField(max_length=120, blank=True)
    app_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revocation = models.CharField(max_length=8, choices=Revocation.choices, blank=True, default="", db_default="")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revocation_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    wiped_at = models.DateTimeField(null=True, blank=True, help_text="first contact after LOST: told to wipe")

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revocation="") | models.Q(revoked_at__isnull=False),
                name="revoked_device_has_a_moment",
            ),
        ]

    def __str__(self):
        return self.name or str(self.id)

    @property
    def is_lost(self) -> bool:
        return self.revocation == self.Revocation.LOST

    @property
    def is_retired(self) -> bool:
        return self.revoked_at is not None and not self.is_lost


class Token(models.Model):
    """One generation of a sign-in: an access and a refresh token, both kept only as SHA-256."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="tokens")
    family = models.UUIDField(db_index=True)
    access_hash = models.CharField(max_length=64, unique=True)
    refresh_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.user_id} {self.family}"


class SecondFactor(models.Model):
    """The app that shows one-time codes for a user. It counts once a code of it was shown to us."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="second_factor")
    secret = models.CharField(max_length=200, help_text="signed with SECRET_KEY, not encrypted")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0, db_default=0, help_text="of the last code taken: none is taken twice")

    def __str__(self):
        return str(self.user_id)


class RecoveryCode(models.Model):
    """One way in for who lost that app, once; kept as a keyed hash."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return str(self.factor_id)


class PasswordTries(models.Model):
    """Passwords tried within an hour for one account, or from one address: `key` is a hash of which."""

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.key[:8]} {self.tries}"
