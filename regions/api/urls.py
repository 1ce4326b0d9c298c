from django.urls import path

from regions.api.views import RegionList

urlpatterns = [path("regions/", RegionList.as_view())]
