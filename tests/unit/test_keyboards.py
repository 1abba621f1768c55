"""Layouts of the on-screen keyboard: everything a language needs, and nothing too narrow to touch."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.i18n.languages import LANGUAGES
from kiosk.ui.keyboards import LAYOUTS, TONES, type_key

ALPHABETS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "es": "abcdefghijklmnopqrstuvwxyzñáéíóúü",
    "vi": "abcdefghijklmnopqrstuvwxyzăâđêôơư",
    "zh_Hans": "abcdefghijklmnopqrstuvwxyz",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوىيةأإآئؤء",
}
SMALLEST = 53
"""Columns between the margins at 55x18."""
NARROWEST = 4
"""Columns of a key there."""


def keys(language: str) -> str:
    return "".join(row for layer in LAYOUTS[language].layers for row in layer)


def test_every_language_has_a_layout() -> None:
    assert LAYOUTS.keys() == LANGUAGES.keys()


@pytest.mark.parametrize("language", LAYOUTS)
def test_every_letter_and_digit_can_be_typed(language: str) -> None:
    assert set(ALPHABETS[language] + "0123456789") <= set(keys(language))


@pytest.mark.parametrize("language", LAYOUTS)
def test_no_key_stands_twice_and_each_layer_has_its_sign(language: str) -> None:
    layout = LAYOUTS[language]
    assert len(keys(language)) == len(set(keys(language)))
    assert len(layout.signs) == len(layout.layers) == len(set(layout.signs))


@pytest.mark.parametrize("language", LAYOUTS)
def test_rows_fit_the_smallest_screen(language: str) -> None:
    """With *erase* in the second row, the layer's key and a double *space* in the third."""
    for first, second, third in LAYOUTS[language].layers:
        for count in (len(first), len(second) + 1, len(third) + 3):
            assert SMALLEST // count >= NARROWEST


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ("a", "á", "á"),
        ("â", "ạ", "ậ"),
        ("ơ", "à", "ờ"),
        ("nươ", "á", "nướ"),
        ("u", "ả", "ủ"),
        ("y", "ã", "ỹ"),
        ("giấy khai sinh", "x", "giấy khai sinhx"),
    ],
)
def test_a_tone_goes_to_the_last_letter(before: str, key: str, after: str) -> None:
    assert type_key(before, key, tones=True) == after


@given(st.text("aăâeêioôơuưyđnh 12", max_size=12), st.sampled_from(list(TONES)))
def test_a_tone_changes_only_the_last_letter(text: str, key: str) -> None:
    typed = type_key(text, key, tones=True)
    assert typed == unicodedata.normalize("NFC", typed)
    if text[-1:].isalpha():
        assert TONES[key] in unicodedata.normalize("NFD", typed)
        assert typed.startswith(text[:-1])
        assert len(typed) <= len(text) + 1
    else:
        assert typed == text


@given(st.text(max_size=12), st.sampled_from("aqñ1ض"))
def test_other_keys_add_themselves(text: str, key: str) -> None:
    assert type_key(text, key) == text + key
    assert type_key(text, key, tones=True) == text + key


def test_without_tones_an_accented_key_is_a_letter() -> None:
    assert type_key("a", "á") == "aá"
