"""A spreadsheet runs nothing that we write, and reading gives back what was there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.formulas import neutralise, restore

STARTERS = [
    "=1+1",
    "+62811",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\x00=1",
    "\ufeff=1",
    "'=1",
    "''+1",
]


@pytest.mark.parametrize("text", STARTERS)
def test_a_formula_gets_an_apostrophe_and_loses_it_again(text):
    assert neutralise(text) == f"'{text}"
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", ["Dewi", "'Aisyah", "", "jl. =", "5-7", "'", "O'Brien"])
def test_ordinary_text_stays_as_it_is(text):
    assert neutralise(text) == text == restore(text)


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n ＝＋a1"), max_size=8))
def test_every_text_comes_back(text):
    assert restore(neutralise(text)) == text
