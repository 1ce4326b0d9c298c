import uuid

import pytest

from accounts.services.tokens import Phone


@pytest.fixture
def phone_of(as_phone):
    """`phone_of(agent)` is a client whose device is registered; `client.device` is its id."""

    def sign_in(agent):
        key = uuid.uuid4()
        client = as_phone(agent, Phone(id=key, name="Redmi", app_version="1"))
        client.device = key
        return client

    return sign_in
