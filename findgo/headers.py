"""Headers of every answer that has not said otherwise."""

# The field app measures where it is and takes photos; nothing else of a browser is asked for.
PERMISSIONS = ", ".join(
    [
        "geolocation=(self)",
        "camera=(self)",
        *(f"{feature}=()" for feature in ("microphone", "payment", "usb", "serial", "bluetooth", "midi", "hid")),
        *(f"{feature}=()" for feature in ("display-capture", "browsing-topics", "publickey-credentials-get")),
    ]
)
DEFAULTS = {
    # Nearly everything here is about people. Reference data, health and static files have a Cache-Control of their own.
    "Cache-Control": "private, no-store",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
}


def default_headers(get_response):
    """Middleware."""

    def answer(request):
        response = get_response(request)
        for name, value in DEFAULTS.items():
            response.headers.setdefault(name, value)
        return response

    return answer
