"""How the schema names the two ways to sign in."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "`access` of /api/v1/auth/login/"}


class BrowserScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        # The name in production; over plain http it is `sessionid`.
        return {"type": "apiKey", "in": "cookie", "name": "__Host-sessionid"}
