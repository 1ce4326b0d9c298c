"""A site map with views that fail while they know a person: in their locals, their database errors, their texts."""

from django.db import IntegrityError, OperationalError, connection
from django.http import HttpResponse
from django.urls import include, path
from rest_framework.views import APIView

from customers.models import Customer
from tests.privacy.people import NAME, NUMBER, PHONES


def knows_a_person(request):
    person = {"name": NAME, "phones": PHONES}
    raise ValueError(f"cannot read {person}")


def stores_twice(request):
    """A real error of the database, which on MariaDB quotes the value."""
    witel = Customer.objects.get(service_number=NUMBER).witel
    Customer.objects.create(service_number=NUMBER, name=NAME, witel=witel)


def is_refused_by_the_database(request):
    try:
        raise IntegrityError(1062, f"Duplicate entry '{NUMBER}' for key 'service_number'")
    except IntegrityError as error:
        raise KeyError(NAME) from error


class Busy(APIView):
    def get(self, request):
        raise OperationalError(1205, f"Lock wait timeout while writing {NAME}")


class Broken(APIView):
    def get(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM customers_customer WHERE name = %s", [NAME])
        return HttpResponse()


urlpatterns = [
    path("fails/locals/", knows_a_person),
    path("fails/twice/", stores_twice),
    path("fails/chain/", is_refused_by_the_database),
    path("api/v1/fails/busy/", Busy.as_view()),
    path("api/v1/fails/broken/", Broken.as_view()),
    path("", include("findgo.urls")),
]
