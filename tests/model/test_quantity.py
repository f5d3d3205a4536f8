"""What a quantity's spelling means, against hand-worked values."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import pytest

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform
from groma.model.position import Problem
from groma.model.quantity import FactRef, JointTable, Quantity, Unknown, read_joint_table, read_quantity
from groma.model.source import Mapping, Node, parse


def node(text: str) -> Node:
    root = parse(f"v: {text}\n", "m.yaml")
    assert isinstance(root, Mapping)
    return root.entries[0][1]


def quantity(text: str, dimension: str = "any", folder: str | None = None) -> Quantity:
    found = read_quantity(node(text), (dimension,), folder)
    assert isinstance(found, Quantity), found
    return found


LAWS: list[tuple[str, Law]] = [
    ("4 ms", Constant(0.004)),
    ("4ms", Constant(0.004)),
    ("4 ms ± 1 ms", Gamma(0.004, 0.001)),
    ("4 ± 1 ms", Gamma(0.004, 0.001)),
    ("4 ms +- 1 ms", Gamma(0.004, 0.001)),
    ("4 ms +/- 1000 µs", Gamma(0.004, 0.001)),
    ("4 ms ± 25 %", Gamma(0.004, 0.001)),
    ("40 % ± 10 %", Gamma(0.4, 0.1)),
    ("4 ms ± 0 ms", Constant(0.004)),
    ("exponential(4 ms)", Gamma(0.004, 0.004)),
    ("lognormal(mean 4 ms, sd 2 ms)", LogNormal(0.004, 0.002)),
    ("lognormal(sd=2 ms, mean=4 ms)", LogNormal(0.004, 0.002)),
    ("gamma(4 ms, 2 ms)", Gamma(0.004, 0.002)),
    ("uniform(3, 8 ms)", Uniform(0.003, 0.008)),
    ("triangular(1 min, 3 min, 9 min)", Triangular(60, 180, 540)),
    ("1_800 ± 900 tokens", Gamma(1800, 900)),
    ("10 Gbit/s", Constant(1.25e9)),
    ("9000 EUR/month", Constant(9000 / (730 * 3600))),
    ("60 EUR/h", Constant(60 / 3600)),
    ("3 EUR/Mtoken", Constant(3e-6)),
    ("12 %", Constant(0.12)),
    ("3x", Constant(3)),
]


@pytest.mark.parametrize(("text", "law"), LAWS)
def test_laws(text: str, law: Law) -> None:
    assert quantity(text).law == law


def test_the_unit_is_that_of_the_value() -> None:
    assert quantity("4 s ± 500 ms").unit.symbol == "s"
    assert quantity("4 ± 1 ms").unit.symbol == "ms"
    assert quantity("2 h ± 10 %").unit.symbol == "h"


def test_lognormal_has_the_quantiles_it_was_given() -> None:
    law = quantity("lognormal(median 0.6 s, p95 1.4 s)").law
    assert isinstance(law, LogNormal)
    below = 0.5 * math.erfc((law.mu - math.log(1.4)) / (law.sigma * math.sqrt(2)))
    assert (math.exp(law.mu), below) == (pytest.approx(0.6), pytest.approx(0.95))


def test_a_range_is_one_value_not_known_better() -> None:
    read = quantity("3 .. 8 ms")
    assert (read.law, read.known, read.low, read.high, read.exact) == (
        Constant(0.0055), (0.003, 0.008), 0.003, 0.008, None,
    )  # fmt: skip
    assert quantity("3 ms .. 3 ms").known is None


def test_a_range_of_one_value_is_that_value() -> None:
    assert quantity("{value: 5 ms ± 1 ms, known: 5 ms .. 5 ms}").known == (0.005, 0.005)


def test_money_is_exact_as_written() -> None:
    read = quantity("0.10 EUR/GB/month", "price")
    assert (read.exact, read.unit.symbol) == (Decimal("0.10"), "EUR/GB/month")
    assert quantity("1_234.50 EUR").exact == Decimal("1234.50")
    assert quantity("4 ± 1 EUR").exact is None


def test_the_long_form() -> None:
    read = quantity(
        "{value: 900 ms ± 600 ms, known: 0.7 .. 1.2 s, max: 30 s, source: load test, date: 2026-11-01}"
    )
    assert (read.law, read.known, read.most) == (Gamma(0.9, 0.6), (0.7, 1.2), 30.0)
    assert (read.source, read.date, read.text, read.at.column) == (
        "load test",
        "2026-11-01",
        "900 ms ± 600 ms",
        4,
    )
    assert quantity("{known: 3 .. 8 ms}").known == (0.003, 0.008)
    assert quantity("{value: 5 EUR, source: offer}").exact == 5


def test_unknown_and_facts() -> None:
    assert isinstance(read_quantity(node("unknown"), ("time",)), Unknown)
    assert isinstance(read_quantity(node("'?'"), ("time",)), Unknown)
    found = read_quantity(node("{value: unknown, source: asked Ana}"), ("time",))
    assert isinstance(found, Unknown)
    assert found.source == "asked Ana"
    reference = read_quantity(node("$usd"), ("money",))
    assert isinstance(reference, FactRef)
    assert reference.name == "usd"


def test_traces(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('"wait",n\n30,1\n10,3\n\n30,4\n99,0\n')
    law = quantity("empirical(t.csv, wait in ms, weight n)", "time", str(tmp_path)).law
    assert law == Empirical((0.01, 0.03), (0.375, 0.625))
    assert quantity("empirical(t.csv, wait)", "count", str(tmp_path)).law.mean == pytest.approx(
        (30 + 10 + 30 + 99) / 4
    )


def test_joint_tables(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("out,in,n\n1,2,1\n3,4,3\n")
    table = read_joint_table(node("{from: t.csv, input: in, output: out, weight: n}"), str(tmp_path))
    assert table == JointTable(("input", "output"), ((2.0, 1.0), (4.0, 3.0)), (0.25, 0.75))
    assert table.column("output") == (1.0, 3.0)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a\n1\nx\n", "t.csv:3:1: expected a number that isn't negative in column `a`, found `x`"),
        (b"a\n-1\n", "t.csv:2:1: expected a number that isn't negative in column `a`, found `-1`"),
        (b"a,b\n,2\n", "t.csv:2:1: expected a number that isn't negative in column `a`, found nothing"),
        (b"aa\n1\n", "t.csv:1:1: there is no column `a`, did you mean `aa`?"),
        (b"a,a\n1,1\n", "t.csv:1:1: the column `a` is there twice"),
        (b"a\n", "t.csv:1:1: the table has no rows"),
        (b"", "t.csv:1:1: expected a first row with the names of the columns, found none"),
        (b"a\n\xff\n", "t.csv:2:1: expected UTF-8 text, found the byte 0xFF: save the file as UTF-8"),
        (b'a\n"1\n', "t.csv:2:1: not a CSV row: unexpected end of data"),
        (b"a\nnan\n", "t.csv:2:1: expected a number that isn't negative in column `a`, found `nan`"),
        (b"a\n1e999\n", "t.csv:2:1: expected a number that isn't negative in column `a`, found `1e999`"),
    ],
)
def test_wrong_traces(content: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    found = read_quantity(node("empirical(t.csv, a in ms)"), ("time",), str(tmp_path))
    assert isinstance(found, Problem)
    assert str(found) == problem


def test_traces_do_not_leave_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "model"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    for name in ("link.csv", "../secret.csv", str(tmp_path / "secret.csv")):
        found = read_quantity(node(f"'empirical({name}, a in ms)'"), ("time",), str(inside))
        assert isinstance(found, Problem)
        assert "is outside the folder of the model" in found.message
