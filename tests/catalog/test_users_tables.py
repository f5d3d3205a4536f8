"""A user's own tables: rows over shipped ones, tables of their own, and how each mistake is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from groma.catalog import CatalogError, UnknownEntryError, load_catalog

PRICES = "instance_type,region,currency,price_per_hour,vcpu,source,as_of,evidence\n"
OWN = """\
title: Sites of ours
key: site
columns:
  site: text
  rent: {type: money, unit: EUR/month}
  racks: whole
licence: ours
"""


def refusal(folder: Path) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        load_catalog([folder])
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_rows_replace_and_extend_the_shipped_table(tmp_path: Path) -> None:
    (tmp_path / "cloud-compute-aws.csv").write_text(
        PRICES
        + "m7g.large,us-east-1,USD,0.05,2,contract 7,2026-11,read\n"
        + "m7g.large,eu-central-1,EUR,0.06,2,contract 7,2026-11,read\n"
    )
    catalog, shipped = load_catalog([tmp_path]), load_catalog()
    american = catalog.product("aws/m7g.large@us-east-1")
    assert american.prices[0].amount == Decimal("0.05")
    assert american.prices[0].fact.source == "contract 7"
    german = catalog.product("aws/m7g.large@eu-central-1")
    assert (german.prices[0].currency, german.jurisdiction) == ("EUR", "EU")
    assert len(catalog.table("cloud-compute-aws").rows) == len(shipped.table("cloud-compute-aws").rows) + 1
    assert shipped.product("aws/m7g.large").prices[0].amount == Decimal("0.0816")


def test_later_folders_come_over_earlier_ones(tmp_path: Path) -> None:
    for name, price in (("a", "0.05"), ("b", "0.04")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cloud-compute-aws.csv").write_text(
            PRICES + f"m7g.large,us-east-1,USD,{price},2,{name},2026-11,read\n"
        )
    both = load_catalog([tmp_path / "a", tmp_path / "b"])
    assert both.product("aws/m7g.large").prices[0].amount == Decimal("0.04")


def test_a_declaration_beside_the_rows_gives_their_origin_once(tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text("provider,region,place,jurisdiction\nours,hall-2,Graz,EU\n")
    (tmp_path / "regions.yaml").write_text(
        "source: site list\nlicence: ours\nas_of: 2026-10\nevidence: read\n"
    )
    entry = load_catalog([tmp_path]).entry("regions", ("ours", "hall-2"))
    assert (entry.source, entry.as_of, entry.evidence) == ("site list", "2026-10", "read")
    assert load_catalog([tmp_path]).entry("regions", ("aws", "eu-west-1")).source.startswith("botocore")


def test_a_table_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(OWN + "source: lease\nas_of: 2025\nevidence: read\n")
    (tmp_path / "sites.csv").write_text("site,rent,racks\nGraz,1200.50,4\nLinz,,\n")
    catalog = load_catalog([tmp_path])
    assert "sites" in catalog.table_names()
    graz, linz = catalog.entry("sites", "Graz"), catalog.entry("sites", "Linz")
    assert (graz["rent"], graz["racks"]) == (Decimal("1200.50"), 4)
    assert (linz["rent"], linz["racks"]) == (None, None)
    assert not linz.fact("rent").known


def test_products_of_their_own_and_prices_over_known_ones(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text(
        "ref,per,condition,amount,low,high,currency,title,jurisdiction,source,as_of,evidence\n"
        "crm/standard,user.month,,29,,,EUR,The CRM,EU,offer 12,2026-11-02,read\n"
        "guess/thing,month,,,10,20,EUR,,,memory,2026,recalled\n"
        "openai/gpt-5.4,token.input,,0.000001,,,EUR,,,framework contract,2026-09,read\n"
    )
    catalog = load_catalog([tmp_path])
    crm = catalog.product("crm/standard")
    assert (crm.title, crm.jurisdiction, crm.prices[0].amount) == ("The CRM", "EU", Decimal(29))
    guess = catalog.product("guess/thing").prices[0]
    assert (guess.amount, guess.fact.low, guess.fact.high) == (None, Decimal(10), Decimal(20))
    model = catalog.product("openai/gpt-5.4")
    assert [(price.per, price.currency) for price in model.prices] == [("token.input", "EUR")]
    assert model.capacities["context"].value == 1_050_000
    assert "crm/standard" in set(catalog.refs())


def test_rows_without_date_or_source_are_refused_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text(
        "provider,region,jurisdiction,source,as_of,evidence\n"
        "ours,a,EU,,2026,read\n"
        "ours,b,EU,list,,read\n"
        "ours,c,EU,list,2026,\n"
    )
    assert refusal(tmp_path) == [
        "regions.csv:2:11: no `source`: what doesn't say where it was found isn't used",
        "regions.csv:3:16: no `as_of`: what doesn't say when it was true isn't used",
        "regions.csv:4:21: no `evidence`: what doesn't say how it is known (read, secondary or recalled) isn't used",
    ]


def test_a_table_that_says_neither_date_nor_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(OWN)
    (tmp_path / "sites.csv").write_text("site,rent,racks\nGraz,1200,4\n")
    problems = refusal(tmp_path)
    assert len(problems) == 3
    assert (
        "the rows don't say where it was found: add a column `source`"
        in problems[2] + problems[1] + problems[0]
    )
    assert all(problem.startswith("sites.csv:1:1: ") for problem in problems)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "regions.csv",
            "provider,regoin,source,as_of,evidence\n",
            "regions.csv:1:10: the table `regions` has no column `regoin`, did you mean `region`?",
        ),
        (
            "regions.csv",
            "provider,source,as_of,evidence\n",
            "regions.csv:1:1: the key column `region` is missing",
        ),
        (
            "regions.csv",
            "provider;region;source\n",
            "regions.csv:1:1: expected commas between the columns, found `;`",
        ),
        (
            "regions.csv",
            "provider,region,source,as_of,evidence\nours,a,list,last year,read\n",
            "regions.csv:2:13: expected a date like 2026, 2026-07 or 2026-07-20, found `last year`",
        ),
        (
            "regions.csv",
            'provider,region,source,as_of,evidence\n"o,urs",a,list,2026,sure\n',
            "regions.csv:2:21: expected one of read, secondary, recalled, found `sure`",
        ),
        (
            "regions.csv",
            "provider,region,source,as_of,evidence\no,a,l,2026,read\no,a,m,2026,read\n",
            "regions.csv:3:1: the key `o | a` is already at line 2",
        ),
        (
            "regions.csv",
            "provider,region,source,as_of,evidence\no,a,l,2026\n",
            "regions.csv:2:1: expected 5 fields, found 4",
        ),
        ("regions.csv", "", "regions.csv:1:1: expected a line with the column names, found nothing"),
        (
            "cloud-compute-aws.csv",
            PRICES + "x,y,USD,cheap,2,s,2026,read\n",
            "cloud-compute-aws.csv:2:9: expected an amount like 0.204, found `cheap`",
        ),
        (
            "cloud-compute-aws.csv",
            PRICES + "x,y,USD,-1,2,s,2026,read\n",
            "cloud-compute-aws.csv:2:9: expected an amount of at least 0, found `-1`",
        ),
        (
            "cloud-compute-aws.csv",
            PRICES + "x,y,USD,1,2.5,s,2026,read\n",
            "cloud-compute-aws.csv:2:11: expected a whole number, found `2.5`",
        ),
    ],
)
def test_mistakes_are_told_with_place_and_remedy(tmp_path: Path, name: str, text: str, problem: str) -> None:
    (tmp_path / name).write_text(text)
    assert problem in refusal(tmp_path)


def test_an_undeclared_table_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "region.csv").write_text("a\n1\n")
    (problem,) = refusal(tmp_path)
    assert problem.startswith("region.csv:1:1: the table `region` isn't known, did you mean `regions`?")


def test_mistakes_in_a_declaration_are_told_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(
        "title: Sites\nkey: [site, plot]\ncolumns:\n  site: txt\n  source: text\nas_of: soon\nevidnce: read\n"
    )
    (tmp_path / "sites.csv").write_text("site\nGraz\n")
    assert refusal(tmp_path) == [
        "sites.yaml:1:1: a table needs `licence`: under what terms its rows may be used",
        "sites.yaml:2:13: `plot` isn't a column of this table",
        "sites.yaml:4:9: unknown type `txt`, did you mean `text`?",
        "sites.yaml:5:3: every table has a column `source`: don't declare it",
        "sites.yaml:6:8: expected a date like 2026, 2026-07 or 2026-07-20, found `soon`",
        "sites.yaml:7:1: unknown key `evidnce`, did you mean `evidence`?",
    ]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="expected a folder of tables"):
        load_catalog([tmp_path / "nowhere"])


def test_unknown_tables_keys_and_columns_name_the_nearest(tmp_path: Path) -> None:
    catalog = load_catalog()
    with pytest.raises(UnknownEntryError, match="did you mean `regions`"):
        catalog.table("regoins")
    with pytest.raises(UnknownEntryError, match="h200_sxm") as caught:
        catalog.entry("accelerators", "h200")
    assert caught.value.nearest[0] == "h200_sxm"
    with pytest.raises(UnknownEntryError, match="did you mean `region`"):
        catalog.entries("regions", regoin="x")
