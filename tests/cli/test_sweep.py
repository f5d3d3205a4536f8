"""`groma sweep` and `groma assess --uncertainty`: the table is right, the same bytes everywhere, and goes on."""

# ruff: noqa: E501 (a command line is one line)

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import groma.cli.spreading
from cli.small_models import brief, shop
from groma import workers
from groma.cli.main import main
from groma.cli.parser import Arguments

FACTS = """
facts:
  hosting: {value: 50 EUR/month, known: 40 EUR/month .. 70 EUR/month, source: a list, date: 2026-11}
  work: {value: 30 ms ± 15 ms, known: 20 ms .. 50 ms, source: a list, date: 2026-11}
"""


def model(folder: Path) -> Path:
    path = shop(folder, "60 EUR/month")
    text = path.read_text().replace("{month: 12 EUR/month .. 25 EUR/month}", "{month: $hosting}")
    path.write_text(text.replace("4 ms ± 1 ms", "$work").replace("\npeople:", FACTS + "\npeople:"))
    return path


def swept(*words: str, out: Path) -> list[dict[str, str]]:
    assert main(["sweep", *words, "--out", str(out), "--quiet"]) == 0
    assert not out.with_name(f"{out.name}.journal").exists()
    return list(csv.DictReader(out.read_text().splitlines()))


def test_a_grid_gives_the_figures_of_models_with_the_fact_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model(tmp_path)
    words = [
        str(path),
        "--vary",
        "work=20 ms..50 ms:2",
        "--vary",
        "load=1..100:2",
        "--measure",
        "latency/order/p95",
    ]
    found = swept(*words, "--jobs", "1", out=tmp_path / "t.csv")
    points = [(row["fact/work [ms]"], row["load [1]"]) for row in found]
    assert points == [("20.0", "1.0"), ("20.0", "100.0"), ("50.0", "1.0"), ("50.0", "100.0")]
    for row, (work, rate) in zip(
        found,
        [("20 ms ± 10 ms", 10), ("20 ms ± 10 ms", 1000), ("50 ms ± 25 ms", 10), ("50 ms ± 25 ms", 1000)],
        strict=True,
    ):
        anew = tmp_path / "anew.yaml"
        text = path.read_text().replace("value: 30 ms ± 15 ms, known: 20 ms .. 50 ms", f"value: {work}")
        anew.write_text(text.replace("rate: 10/min", f"rate: {rate}/min"))
        capsys.readouterr()
        main(["assess", str(anew), "--need", "quick", "--json"])
        figure = json.loads(capsys.readouterr().out)["needs"][0]["figure"]
        for end in ("low", "value", "high"):
            written = row[f"latency/order/p95 {end} [s]"]
            assert (float(written) if written else -1.0) == pytest.approx(
                -1.0 if figure[end] is None else figure[end], rel=1e-9
            )


def test_what_is_not_varied_keeps_its_range(tmp_path: Path) -> None:
    (first, last) = swept(
        str(model(tmp_path)),
        "--vary",
        "work=20 ms..50 ms:2",
        "--measure",
        "cost/month",
        "--jobs",
        "1",
        out=tmp_path / "t.csv",
    )
    for row in (first, last):
        assert [
            float(row[f"cost/month {end} [EUR/month]"]) for end in ("low", "value", "high")
        ] == pytest.approx([40, 50, 70])


def test_load_is_times_what_every_flow_starts_with(tmp_path: Path) -> None:
    words = [str(model(tmp_path)), "--vary", "load=1..100:3", "--measure", "throughput/api", "--jobs", "1"]
    found = swept(*words, out=tmp_path / "t.csv")
    calls = [float(row["throughput/api value [1/s]"]) for row in found]
    assert calls == pytest.approx([10 / 60, 505 / 60, 1000 / 60])


def test_samples_lie_in_their_ranges_and_give_points(tmp_path: Path) -> None:
    found = swept(str(model(tmp_path)), "--samples", "16", "--jobs", "1", out=tmp_path / "t.csv")
    hosting = [float(row["fact/hosting [EUR/month]"]) for row in found]
    assert len(set(hosting)) == 16 and min(hosting) >= 40 and max(hosting) <= 70
    for row, price in zip(found, hosting, strict=True):
        assert float(row["cost/month value [EUR/month]"]) == pytest.approx(price, abs=0.006)  # to the cent
        assert float(row["cost/month high [EUR/month]"]) == pytest.approx(price, abs=0.006)


def test_the_same_bytes_on_more_cores_and_on_a_cluster(tmp_path: Path) -> None:
    words = [
        str(model(tmp_path)),
        "--samples",
        "8",
        "--vary",
        "load=1..3:2",
        "--measure",
        "latency/order/p95",
    ]
    swept(*words, "--jobs", "1", out=tmp_path / "one.csv")
    swept(*words, "--jobs", "2", out=tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    pytest.importorskip("distributed")
    swept(*words, "--jobs", "2", "--cluster", "local", out=tmp_path / "three.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "three.csv").read_bytes()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_interrupted_sweep_goes_on_with_the_same_bytes(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sweep", str(model(tmp_path)), "--samples", "8", "--measure", "cost/month", "--jobs", "1"]
    whole, out = tmp_path / f"whole.{form}", tmp_path / f"out.{form}"
    assert main([*words, "--out", str(whole)]) == 0
    worked: list[int] = []
    real = workers.spread

    def stopping(function: object, items: object, **more: object) -> object:
        def counted(item: object) -> object:
            if len(worked) == 3:
                worked.append(0)
                raise KeyboardInterrupt
            worked.append(1)
            return function(item)  # type: ignore[operator]

        return real(counted, items, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "spread", stopping)
    assert main([*words, "--out", str(out)]) == 130
    assert not out.exists()
    said = capsys.readouterr().err
    assert f"What is finished is in {out}.journal; give the same command again and it goes on." in said
    assert len((tmp_path / f"out.{form}.journal").read_text().splitlines()) == 3
    assert main([*words, "--out", str(out)]) == 0
    assert len(worked) == 4 + 5  # three done, one interrupted, five that were left
    assert out.read_bytes() == whole.read_bytes()
    assert groma.cli.spreading  # the door that the command goes through


def test_a_changed_model_finds_nothing_in_an_old_journal(tmp_path: Path) -> None:
    path, out = model(tmp_path), tmp_path / "t.csv"
    from groma.cli.sweep import _scope
    from groma.model.load import load

    def given(*folders: Path) -> Arguments:
        return Arguments(catalog=list(folders), stage=None)

    before = _scope(given(), load(path), True)
    path.write_text(path.read_text().replace("value: 50 EUR", "value: 51 EUR"))
    after = _scope(given(), load(path), True)
    rest = {_scope(given(), load(path), False), _scope(given(tmp_path), load(path), True)}
    assert len({before, after, *rest}) == 4
    assert not out.exists()


def test_a_point_without_figures_is_told_in_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        "groma: 1\nsystem: t\ncurrency: EUR\n"
        "facts: {p: {value: 20 %, source: t, date: 2026}}\n"
        "components: {a: {kind: s, offers: {x: {work: 1 s}}}}\n"
        "flows: {f: {starts: {rate: 1/h}, steps: [{choose: [{share: $p, steps: [{call: a.x}]}, {share: 80 %, steps: []}]}]}}\n"
    )
    out = tmp_path / "t.json"
    words = [
        "sweep",
        str(path),
        "--vary",
        "p=20 %..40 %:2",
        "--measure",
        "latency/f/mean",
        "--jobs",
        "1",
        "--out",
        str(out),
    ]
    assert main(words) == 0
    rows = json.loads(out.read_text())["rows"]
    assert rows[0][2] == pytest.approx(0.2) and rows[0][-1] == ""
    assert rows[1][1:4] == [None, None, None]
    assert rows[1][-1].startswith("ValueError: shares of a choice can't sum to 100 %")
    assert "1 points have no figures" in capsys.readouterr().err


def test_mistakes_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = str(model(tmp_path)), str(tmp_path / "t.csv")
    for words, said in [
        ([path, "--out", out], "nothing to sweep: give a --vary, --samples or both"),
        ([path, "--samples", "12", "--out", out], "Sobol points come in powers of two, such as 16, found 12"),
        (
            [path, "--samples", "8", "--out", "t.txt"],
            "--out: expected a file that ends in .csv or .json, found t.txt",
        ),
        (
            [path, "--vary", "hostin=1 EUR/month..2 EUR/month", "--out", out],
            "no fact `hostin`; did you mean `hosting`?",
        ),
        (
            [path, "--vary", "hosting=1 s..2 s", "--out", out],
            "hosting is counted in EUR/month as in `50 EUR/month`, found `1 s..2 s`",
        ),
        (
            [path, "--vary", "hosting", "--out", out],
            "expected FACT=LOW..HIGH or FACT=LOW..HIGH:N, found hosting",
        ),
        ([path, "--vary", "load=0..2", "--out", out], "a load is more than nought times the stated one"),
        ([path, "--vary", "load=1..2:x", "--out", out], "expected a whole number such as 4, found x"),
        ([path, "--vary", "load=1..2", "--measure", "latncy/x", "--out", out], "did you mean `latency`?"),
        (
            [
                path,
                "--vary",
                "load=1..2:1001",
                "--vary",
                "hosting=1 EUR/month..2 EUR/month:1000",
                "--out",
                out,
            ],
            "1,001,000 points: at most 1,000,000",
        ),
        ([str(brief(tmp_path / "b")), "--samples", "8", "--out", out], "expected a model, found a brief"),
    ]:
        assert main(["sweep", *words]) == 2, words
        assert said in capsys.readouterr().err
    assert main(["sweep", path, "--vary", "load=1..2", "--jobs", "0", "--out", out]) == 2
    assert "expected a whole number such as 4, found 0" in capsys.readouterr().err


def test_assess_tells_what_is_uncertain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(model(tmp_path))
    assert main(["assess", path, "--uncertainty", "--samples", "256", "--jobs", "1"]) == 3
    out = capsys.readouterr().out
    assert "over what isn't known better, if stated values are the likeliest and facts independent" in out
    (row,) = [line for line in out.splitlines() if line.startswith("cost/month ")]
    assert "40 to 70 EUR a month" in row and "hosting (100 %)" in row, row
    assert "load that is stood, as times that of the busiest hour" in out
    assert main(["assess", path, "--uncertainty", "--samples", "256", "--jobs", "1", "--json"]) == 3
    figures = {f["name"]: f for f in json.loads(capsys.readouterr().out)["uncertainty"]}
    assert figures["chance/cheap"]["value"] == pytest.approx(5 / 6, abs=0.05)
    assert figures["envelope/quick/met"]["low"] > 1
    assert figures["swing/cost/month/fact/hosting/high"]["value"] == 70
