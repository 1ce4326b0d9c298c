"""What gunicorn serves. Everything that a worker would make at its first request is made before it takes one."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "findgo.settings")
application = get_wsgi_application()


def warm() -> None:
    """The site map with all that it imports, and the table by which points are fused: a second of the first request,
    or of each worker that took the place of one that died.
    """
    import_module("findgo.urls")
    import_module("customers.locating.posterior").rice_table()


warm()
