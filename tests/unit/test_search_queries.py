"""Rows of queries in, rows of ids out, and a clear word about the line that is wrong."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import islice, product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

from kiosk.errors import KioskError
from kiosk.search.finder import Finder
from kiosk.search.queries import answer
from tests.support.search_catalog import catalog, index
from tests.support.search_model import FakeModel, meaning_of


def rows(lines: Iterable[str | bytes], limit: int = 10) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer(lines, Finder(index()), limit)]


def test_every_row_is_answered_in_order() -> None:
    found = rows(
        [
            '{"qid": "a", "query": "old couch", "lang": "en"}',
            "",
            '{"qid": 7, "query": "basura"}',
            '{"qid": "c", "query": "zzzz", "lang": "vi", "note": "more keys are no harm"}',
        ]
    )
    assert [row["qid"] for row in found] == ["a", 7, "c"]
    assert found[0]["ids"][0] == "bulky" and found[0]["confident"] is True
    assert found[1]["ids"][0] == "missed"
    assert found[2] == {"qid": "c", "ids": [], "confident": False}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_bytes_and_text_are_read_with_or_without_a_mark_at_the_beginning(mark: str) -> None:
    line = mark + json.dumps({"qid": "1", "query": "垃圾", "lang": "zh_Hans"}, ensure_ascii=False)
    assert rows([line])[0]["ids"][0] == rows([line.encode()])[0]["ids"][0] == "missed"


def test_the_limit_is_kept() -> None:
    assert len(rows(['{"qid": "1", "query": "street"}'], limit=2)[0]["ids"]) == 2


def test_rows_are_answered_with_verdicts_and_meaning() -> None:
    finder = Finder(index(), pinned={"zorb": "tree"}, meaning=meaning_of(FakeModel(), catalog()))
    lines = ['{"qid": "1", "query": "Zorb!"}', '{"qid": "2", "query": "divan"}']
    found = [json.loads(line) for line in answer(lines, finder)]
    assert [(row["ids"][0], row["confident"]) for row in found] == [("tree", True), ("bulky", True)]


def test_each_row_is_answered_before_the_next_is_read() -> None:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for _ in range(5):
            read += 1
            yield '{"qid": "1", "query": "dog tag"}'

    for answered, _ in enumerate(answer(lines(), Finder(index())), 1):
        assert read == answered
    assert read == 5


def memory(rows: int) -> tuple[int, int]:
    """Bytes that answering so many different rows leaves behind, and took at most."""
    finder = Finder(index())
    words = map("".join, islice(product("z", *[ascii_lowercase] * 3), rows))
    lines = (json.dumps({"qid": word, "query": word}) for word in words)
    tracemalloc.start()
    try:
        for _ in answer(lines, finder):
            pass
        most = tracemalloc.get_traced_memory()[1]
        gc.collect()
        return tracemalloc.get_traced_memory()[0], most
    finally:
        tracemalloc.stop()


def test_rows_that_were_answered_leave_nothing_behind() -> None:
    memory(10)
    assert memory(1_000)[0] < memory(200)[0] + 10_000


@pytest.mark.slow
def test_ten_thousand_rows_take_no_more_memory_than_two_thousand() -> None:
    memory(10)
    assert memory(10_000)[1] < memory(2_000)[1] + 50_000


def test_every_answer_can_be_written_as_utf8() -> None:
    (line,) = answer([r'{"qid": "\ud800 ключ", "query": "\ud800 dog"}'], Finder(index()))
    assert json.loads(line.encode("utf-8"))["qid"] == "\ud800 ключ"
    assert "ключ" in line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"trash", "is no JSON"),
        (b'{"qid": "1", "query": "\xff"}', "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'"trash"', "is no JSON object"),
        (b'{"query": "trash"}', 'has no "qid"'),
        (b'{"qid": "1"}', 'has no "query"'),
        (b'{"qid": null, "query": "trash"}', '"qid" can\'t be null'),
        (b'{"qid": "1", "query": 5}', '"query" can\'t be 5'),
        (b'{"qid": "1", "query": "trash", "lang": ["en"]}', '"lang" can\'t be ["en"]'),
    ],
)
def test_a_bad_row_is_named_by_its_line(line: bytes, said: str) -> None:
    with pytest.raises(KioskError) as caught:
        rows([b'{"qid": "1", "query": "dog"}', line])
    assert caught.value.what.startswith(f"queries:2: {said}")
    assert '{"qid"' in caught.value.next_step


def test_a_file_is_named_and_one_that_is_not_utf8_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'{"qid": "1", "query": "dog"}\n{"qid": "2"}\n')
    with path.open(encoding="utf-8") as file, pytest.raises(KioskError, match=r"q\.jsonl:2: has no"):
        rows(file)
    path.write_bytes(b'{"qid": "1", "query": "\xe9"}\n')
    with path.open(encoding="utf-8") as file, pytest.raises(KioskError, match=r"q\.jsonl, after line 0"):
        rows(file)
