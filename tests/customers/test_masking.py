from customers.masking import mask_all, mask_name, mask_phone


def test_a_masked_name_keeps_initials_only():
    assert mask_name("Dewi Lestari") == "D••• L•••"
    assert mask_name("") == ""


def test_a_masked_phone_keeps_country_and_last_two_digits():
    assert mask_phone("+6281234567890 +6282211") == "+62•••90 +62•••11"
    assert mask_phone("112") == "•••"


def test_free_text_is_hidden_whole():
    assert mask_all("Bu Rina, 0812") == "•••"
    assert mask_all("") == ""
