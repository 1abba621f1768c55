"""What staff are warned of in a comment, in whatever digits a visitor typed it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.survey.flags import flags, luhn, redacted

SCRIPTS = {
    "plain": "0123456789",
    "full width": "０１２３４５６７８９",
    "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Burmese": "၀၁၂၃၄၅၆၇၈၉",
}
BETWEEN = ("", " ", "-", ".", "\u00a0", "–", "－", "\u200e-", " - ")
DIGITS = "0123456789"

written = st.sampled_from(list(SCRIPTS.values()))
between = st.sampled_from(BETWEEN)
around = st.sampled_from(["", "my number is ", "电话", "رقمي ", "(", "call: "])


def number(length: int, first: str = DIGITS) -> st.SearchStrategy[str]:
    return st.builds(
        str.__add__, st.sampled_from(first), st.text(DIGITS, min_size=length - 1, max_size=length - 1)
    )


def exchange() -> st.SearchStrategy[str]:
    return number(3, "23456789").filter(lambda three: not three.endswith("11"))


def in_script(text: str, script: str) -> str:
    return text.translate(str.maketrans(DIGITS, script))


class TestPhone:
    @pytest.mark.parametrize(
        "text",
        [
            "(408) 555-1234",
            "408)555-1234",
            "+1 408.555.1234",
            "1-408-555-1234",
            "4085551234",
            "408 555 1234",
            "（４０８）５５５－１２３４",
            "٤٠٨ ٥٥٥ ١٢٣٤",
            "۴۰۸۵۵۵۱۲۳۴",
            "Call 555-1234",
            "+44 20 7946 0958",
            "+52 (55) 5555 1234",
            "手机13812345678谢谢",
            "0912 345 678",
        ],
    )
    def test_is_flagged_however_it_is_written(self, text):
        assert flags(text) == {"phone"}

    @given(exchange(), exchange(), number(4), between, between, written, around)
    def test_north_american_numbers(self, area, three, four, one, two, script, before):
        text = before + in_script(area + one + three + two + four, script)
        assert "phone" in flags(text)
        assert not re.search(r"\d", redacted(text))

    def test_two_in_a_row_are_two_phones_and_no_card(self):
        assert flags("408-555-1234 408-555-9999") == {"phone"}
        assert redacted("408-555-1234 or 408-555-9999!") == "[removed] or [removed]!"


class TestEmail:
    @pytest.mark.parametrize(
        "text",
        [
            "jo.smith+kiosk@city.ca.gov",
            "jo @ example.org",
            "ｊｏ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "jo﹫example.com",
            "иван@почта.рф",
            "JO_1@MAIL.EXAMPLE.ORG.",
        ],
    )
    def test_is_flagged_however_it_is_written(self, text):
        assert flags(text) == {"email"}

    def test_the_sentence_around_it_stays(self):
        assert redacted("请写信到jo@example.com谢谢") == "请写信到[removed]谢谢"
        assert redacted("Write to jo@example.com, please.") == "Write to [removed], please."

    @pytest.mark.parametrize("text", ["see you @ noon", "@cityhall", "a@b", "5 forms @ $3.50 each"])
    def test_an_at_sign_alone_is_none(self, text):
        assert flags(text) == frozenset()

    @given(st.text("abcxyz09._-", min_size=1, max_size=80).map(lambda name: name + "a"), written)
    def test_any_name_of_any_length(self, name, script):
        assert "email" in flags(in_script(name, script) + "@example.com")


class TestCard:
    @pytest.mark.parametrize(
        "text",
        [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "5555555555554444",
            "3782 822463 10005",
            "3056 930902 5904",
            "٤١١١ ١١١١ ١١١١ ١١١١",
            "４１１１－１１１１－１１１１－１１１１",
            "card 4111 1111 1111 1111 12/27",
            "41 11 11 11 11 11 11 11",
        ],
    )
    def test_is_flagged_however_it_is_written(self, text):
        assert flags(text) == {"card"}

    @given(st.integers(12, 18).flatmap(number), written, between)
    def test_the_check_digit_decides(self, digits, script, gap):
        check = next(digit for digit in DIGITS if luhn(digits + digit))
        wrong = str((int(check) + 1) % 10)
        groups = re.findall(".{1,4}", digits + check)
        assert "card" in flags(in_script(gap.join(groups), script))
        assert "card" not in flags(digits + wrong)

    def test_it_is_found_after_another_number_too(self):
        text = "+1 408 555 1234 4111 1111 1111 1111"
        assert flags(text) == {"card", "phone"}
        assert redacted("Desk 4 4111 1111 1111 1111 27") == "Desk 4 [removed] 27"
        assert flags("123-45-6789 41 11 11 11 11 11 11 11") == {"card", "ssn"}

    @pytest.mark.parametrize("text", ["4111 1111 1111 1112", "+8613812345678", "4111 1111 1111"])
    def test_another_number_is_none(self, text):
        assert "card" not in flags(text)

    def test_luhn_as_published(self):
        assert luhn("79927398713")
        assert not any(luhn(f"7992739871{digit}") for digit in "012456789")


class TestSocialSecurity:
    @given(number(3), number(2), number(4), between, written, around)
    def test_every_valid_number_and_no_other(self, area, group, serial, gap, script, before):
        valid = area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
        text = before + in_script(f"{area}{gap}{group}{gap}{serial}", script)
        assert ("ssn" in flags(text)) == valid

    @pytest.mark.parametrize(
        "text", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"]
    )
    def test_what_is_never_given_out_is_none(self, text):
        assert flags(text) == frozenset()

    def test_a_zip_code_of_nine_digits_is_none(self):
        assert flags("Sacramento, CA 95814-1234") == frozenset()


class TestNothing:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "311",
            "B104",
            "Ticket B104 was called before B103 at 10:45.",
            "I live at 1200 Main Street, Apt 14.",
            "In 2024 I waited 45 minutes; in 2023 it was 10.",
            "On 10/31/2024 at 9:30 I paid $1,250.00.",
            "2024-10-31 10:30",
            "31.10.2024",
            "Open 8:00-17:00, Monday - Friday",
            "Form 1099, line 12, page 3 of 7",
            "Permit 2024-001234",
            "١٢ دقيقة",
            "等了 45 分钟",
        ],
    )
    def test_is_said_of_everyday_numbers(self, text):
        assert flags(text) == frozenset()
        assert redacted(text) == text

    @given(
        st.lists(st.sampled_from(["311", "B104", "2024", "1200 Main St", "window 7", "10:45"]), max_size=8)
    )
    def test_in_any_order_within_words(self, some):
        assert flags(" and ".join(some)) == frozenset()

    @given(st.text(st.characters(exclude_categories=("Nd",), exclude_characters="@＠﹫"), max_size=60))
    def test_is_said_without_digits_and_at_sign(self, text):
        assert not re.search(r"[0-9]", text) and redacted(text) == text


mixed = st.text("0123456789 -.()+@abz٣۴５＠\u200e", max_size=60)


@given(mixed)
def test_after_removal_nothing_is_flagged_and_nothing_else_is_lost(text):
    clean = redacted(text)
    assert flags(clean) == frozenset()
    assert ("[removed]" in clean) == bool(flags(text))
    kept = [re.escape(part) for part in clean.split("[removed]")]
    assert re.fullmatch("(.+)".join(kept), text, re.DOTALL)


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_looked_at(text):
    assert flags(text) <= {"phone", "email", "card", "ssn"}
    assert flags(redacted(text)) == frozenset()


@pytest.mark.parametrize("unit", ["1", "1 ", "4111 ", "a.", "a@", "+1 ", "(0"])
def test_the_longest_comment_takes_no_time(unit):
    start = time.process_time()
    flags(unit * 500)
    assert time.process_time() - start < 0.5
