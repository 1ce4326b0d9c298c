"""Settings of Find&Go. Values that differ between machines come from the environment: see .env.example."""

from csp.constants import NONE, SELF

from findgo.env import BASE_DIR, VAR_DIR, basemap, database, env, erasure_key, offline, positive, secret_key, webhook

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "findgo.apps.FindGoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "axes",
    "csp",
    "releases",
    "history",
    "regions",
    "accounts",
    "customers",
    "workorders",
    "imports",
    "exports",
    "privacy",
    "dashboard",
    "field",
]

MIDDLEWARE = [
    "findgo.headers.default_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "findgo.language.one_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "findgo.second_factor.second_factor_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "findgo.urls"
WSGI_APPLICATION = "findgo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "dashboard:sign-in"
LOGIN_REDIRECT_URL = "dashboard:overview"
LOGOUT_REDIRECT_URL = "dashboard:sign-in"
# Per account and address together: an agent's typing errors must not lock out a whole office behind one address.
AXES_HANDLER = "accounts.failures.FailureHandler"
AXES_FAILURE_LIMIT = positive("LOGIN_ATTEMPTS", 6)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "otp"]  # what its log of failures leaves out
AXES_CLIENT_IP_CALLABLE = "common.addresses.client_address"
# Per account from anywhere, and per address, within an hour: accounts.services.passwords.
LOGIN_ATTEMPTS_PER_ACCOUNT = positive("LOGIN_ATTEMPTS_PER_ACCOUNT", 30)
LOGIN_ATTEMPTS_PER_ADDRESS = positive("LOGIN_ATTEMPTS_PER_ADDRESS", 100)
TOTP_REQUIRED_ROLES = env.list("TOTP_REQUIRED_ROLES", default=[] if DEBUG else ["ADMIN"])
ACCESS_TOKEN_SECONDS = positive("ACCESS_TOKEN_SECONDS", 60 * 60)
REFRESH_TOKEN_DAYS = positive("REFRESH_TOKEN_DAYS", 30)
DEVICES_PER_AGENT = positive("DEVICES_PER_AGENT", 1)

# Language and time. Times are stored in UTC and shown in the witel's own zone.
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
FIELD_APP_DIR = BASE_DIR / "frontend/dist/app"  # made by `make frontend`; Vite writes /static/app/ into it
STATICFILES_DIRS = [FIELD_APP_DIR.parent]
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # "not there"; findgo.W009 says what it is and how to make it
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/assets/.+-[\w-]{8}\.\w+$"  # Vite's names have a hash of the content
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedStaticFilesStorage"
    },
}
MEDIA_ROOT = env.str("MEDIA_ROOT", "") or VAR_DIR / "media"

# Transport and browser security
INSECURE_HTTP = env.bool("INSECURE_HTTP", DEBUG)
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_REDIRECT_EXEMPT = [r"^health/"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)  # it sets X-Forwarded-Proto and X-Real-IP, whatever clients sent
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE_HTTP
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not INSECURE_HTTP
# A browser takes these names from this host alone, over TLS alone: no neighbour of the domain can plant one.
SESSION_COOKIE_NAME = "sessionid" if INSECURE_HTTP else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if INSECURE_HTTP else "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **dict.fromkeys(("default-src", "script-src", "style-src", "connect-src", "font-src"), [SELF]),
        **dict.fromkeys(("worker-src", "manifest-src"), [SELF]),
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Find&Go API",
    "DESCRIPTION": "Work orders nearest first, visits, customers and their true location.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderState": "workorders.states.State",
        "PromiseState": "workorders.models.PromiseToPay.State",
        "CandidateSource": "customers.models.LocationCandidate.Source",
        "CandidateStatus": "customers.models.LocationCandidate.Status",
        "BillStatus": "customers.models.Bill.Status",
        "AssignmentKind": "workorders.models.Assignment.Kind",
        "CorrectionState": "customers.models.LocationCorrection.State",
        "VisitFlag": "workorders.models.Visit.Flag",
        "QuarantineState": "workorders.models.Quarantine.State",
        "ReviewVerdict": "workorders.models.VisitReview.Verdict",
        "ConflictState": "workorders.models.Conflict.State",
        "PhotoKind": "workorders.models.VisitPhoto.Kind",
        "PhotoReason": "workorders.models.VisitPhoto.Reason",
        "PhotoState": "workorders.models.VisitPhoto.State",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
API_PAGE_SIZE = 50
API_MAX_PAGE_SIZE = 200

# Releases: what is asked and called after the structure has changed, and the name of the build
BUILD = env.str("BUILD", "") or ((BASE_DIR / "BUILD").read_text().strip() if (BASE_DIR / "BUILD").exists() else "")
RELEASES_READY = "/health/ready/"
RELEASES_AFTER = "findgo.afterwards.after_release"
RELEASES_SHADOW = env.str("RELEASES_SHADOW", "")
EVIDENCE_DIR = BASE_DIR / (env.str("EVIDENCE_DIR", "") or "evidence")

# Rules of the work
GEOFENCE_M = positive("GEOFENCE_M", 300)
BILL_DUE_DAY = positive("BILL_DUE_DAY", 20)
OFFLINE = offline()
BASEMAP = basemap(is_debug=DEBUG)
PIN_LINK_HOURS = positive("PIN_LINK_HOURS", 72, most=30 * 24)
PHOTOS_PER_VISIT = 10
PHOTO_MAX_BYTES = 12 * 1024 * 1024
UPLOAD_CHUNK_BYTES = 4 * 1024 * 1024  # nginx lets 6 MB through
UPLOAD_DAYS = 30  # that an unfinished upload may be gone on with
UPLOADS_PER_DAY = positive("UPLOADS_PER_DAY", 1000)
UPLOAD_MB_PER_DAY = positive("UPLOAD_MB_PER_DAY", 2000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
IMPORT_CHUNK_ROWS = positive("IMPORT_CHUNK_ROWS", 100_000)

# Personal data: erasures, and how long what is kept (days). See docs/operations.md, "Personal data"
ERASURE_KEY = erasure_key(SECRET_KEY)
ERASURE_LEDGER = VAR_DIR / "privacy" / "erasures.jsonl"
IMPORTS_ERASED = "privacy.services.ledger.erased_among"
PHONE_VIEWS_PER_DAY = positive("PHONE_VIEWS_PER_DAY", 200)
KEEP_DAYS = {
    "customers": positive("KEEP_PAID_CUSTOMERS_DAYS", 730),
    "trails": positive("KEEP_TRAILS_DAYS", 90),
    "photos": positive("KEEP_PHOTOS_DAYS", 365),
    "access": positive("KEEP_ACCESS_LOG_DAYS", 5 * 365),
    "links": positive("KEEP_PIN_LINKS_DAYS", 30),
    "tokens": positive("KEEP_TOKENS_DAYS", 30),
    "imports": positive("KEEP_IMPORTS_DAYS", 365),
}

# Confirmed points go back to provisioning: manage.py offer_points
PROVISIONING_WEBHOOK_URL, PROVISIONING_WEBHOOK_SECRET = webhook(is_debug=DEBUG)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "common.plain_logs.PlainFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {
        "requests": {"()": "common.plain_logs.PlainRequests"},
        "queries": {"()": "common.plain_logs.WithoutQueries"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["requests"]},
    },
    # No personal data: routes for addresses, no queries, no texts of exceptions, and no mail with a whole request.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"filters": ["requests"]},
        "django.security.csrf": {"filters": ["requests"]},
        "django.server": {"filters": ["queries"], "handlers": ["console"], "level": "INFO", "propagate": False},
        "django.db.backends": {"level": "INFO"},  # at DEBUG it writes statements with their values
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
