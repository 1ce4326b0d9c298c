from django.urls import path

from customers.api.candidates import Candidates
from customers.api.phones import PhoneViews
from customers.api.views import CustomerList, CustomerLocation

urlpatterns = [
    path("customers/", CustomerList.as_view()),
    path("customers/<int:customer>/location/", CustomerLocation.as_view()),
    path("customers/<int:customer>/candidates/", Candidates.as_view()),
    path("customers/<int:customer>/phone-views/", PhoneViews.as_view()),
]
