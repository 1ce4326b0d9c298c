from django import forms

from customers.services import Fix


class FixForm(forms.Form):
    """The position that the customer's browser measured, in degrees and metres (68 %)."""

    lat = forms.FloatField(min_value=-90, max_value=90)
    lon = forms.FloatField(min_value=-180, max_value=180)
    accuracy_m = forms.FloatField(min_value=0)

    @property
    def fix(self) -> Fix:
        return Fix(**self.cleaned_data)
