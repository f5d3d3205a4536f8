"""The two-site design as it was chosen, a request for it, and the example's bids taken through all steps, once."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from groma.analyses import assess
from groma.catalog import Catalog, load_catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.patterns import close, library, resolve
from groma.procurement import Bid, Evaluated, Request, Sent, evaluated, read_terms, request_of
from groma.procurement.bid_reading import read_bid

CHOSEN = {
    "platform.hosts": "large_four", "platform.hypervisor": "open", "disks.storage": "in_hosts",
    "copies.method": "disk_hourly", "line.line": "with_vpn", "standby.ready": "nothing",
}  # fmt: skip


@pytest.fixture(scope="session")
def tables() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def text(root: Path) -> str:
    space = resolve(root / "examples/two-sites/brief.yaml", library())
    return close(space, {role.name: CHOSEN[role.name] for role in space.roles}).text


@pytest.fixture(scope="session")
def model(text: str, root: Path) -> Model:
    return loads(text, file="cheapest.yaml", folder=root / "examples/two-sites")


@pytest.fixture(scope="session")
def ledger(model: Model, tables: Catalog) -> Ledger:
    return assess(model, tables)


@pytest.fixture(scope="session")
def request_(root: Path, model: Model, ledger: Ledger, tables: Catalog) -> Request:
    terms = read_terms(root / "examples/two-sites/terms.yaml")
    return request_of(model, ledger, tables, terms, file="cheapest.yaml")


@pytest.fixture(scope="session")
def sent(request_: Request, text: str, model: Model, root: Path) -> Sent:
    return Sent(request_, text, model, root / "examples/two-sites")


@pytest.fixture(scope="session")
def maker(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_bids", root / "tools/example_bids.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def files(maker: ModuleType, request_: Request) -> dict[str, bytes]:
    return maker.made(request_)


@pytest.fixture(scope="session")
def bids(files: dict[str, bytes], request_: Request) -> dict[str, Bid]:
    names = [name.removesuffix(".xlsx") for name in files if "/" not in name]
    return {name: read_bid(files[f"{name}.xlsx"], request_, name) for name in names}


@pytest.fixture(scope="session")
def done(bids: dict[str, Bid], sent: Sent, tables: Catalog, files: dict[str, bytes]) -> dict[str, Evaluated]:
    from groma.procurement import read_marks

    marks = read_marks(files["marks/marks.xlsx"], sent.request, bids.values())
    return {name: evaluated(bid, sent, tables, marks) for name, bid in bids.items()}
