"""The screens speak Indonesian, the API English: one language an answer, whatever the browser prefers."""

from django.utils import translation

from findgo.api import is_api


def one_language(get_response):
    """Middleware."""

    def answer(request):
        with translation.override("en" if is_api(request) else "id"):
            return get_response(request)

    return answer
