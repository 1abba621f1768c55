"""However a services.yaml is damaged, it is refused in words and nothing else is raised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog import load
from kiosk.errors import CatalogError
from tests.support.catalog import VALID

LINES = VALID.splitlines(keepends=True)
VERDICTS_AT = LINES.index("pin:\n")
PIECES = [
    "\t",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!x ",
    "'",
    '"',
    "#",
    "\n",
    "---\n",
    "? ",
    "|",
    "\x00",
    "é",
    "~",
]


@st.composite
def mutations(draw: st.DrawFn, start: int = 0) -> bytes:
    """The small file with lines taken out, repeated and moved, pieces of YAML put in, bytes flipped.

    No line before `start` is touched.
    """
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at, to = draw(st.integers(start, len(lines) - 1)), draw(st.integers(start, len(lines) - 1))
        match draw(st.sampled_from(["drop", "repeat", "move", "piece", "cut", "value"])):
            case "drop":
                del lines[at]
            case "repeat":
                lines.insert(to, lines[at])
            case "move":
                lines.insert(to, lines.pop(at))
            case "piece":
                where = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:where] + draw(st.sampled_from(PIECES)) + lines[at][where:]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "value":
                lines[at] = lines[at].split(":")[0] + ": " + draw(st.text(max_size=8)) + "\n"
    kept = len("".join(lines[:start]).encode())
    data = bytearray("".join(lines).encode("utf-8", "surrogatepass"))
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(kept, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@given(mutations() | mutations(VERDICTS_AT))
def test_whatever_happens_to_the_file_only_a_catalog_error_is_raised(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.yaml"
    path.write_bytes(data)
    try:
        load.load(path)
    except CatalogError as refused:
        assert refused.problems
        assert all(problem.startswith("mutated.yaml:") for problem in refused.problems)
