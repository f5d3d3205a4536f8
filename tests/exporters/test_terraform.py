"""The Terraform outline: parsed by python-hcl2, laid out as `terraform fmt` does, true to the model, and mutants caught."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from groma import api
from groma.catalog import load_catalog
from groma.exporters import Source, exports
from groma.exporters.terraform import formatted, open_variables
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger
from groma.model.load import loads
from outline_models import CLOUDS, every_service, within_modules
from terraform_checks import REQUIRED, problems

CASES = Path(__file__).parents[2].parent / "shared" / "cases" / "terraform"
TERRAFORM = shutil.which("terraform") or shutil.which("tofu")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = tmp_path_factory.mktemp("clouds") / "clouds.yaml"
    path.write_text(CLOUDS)
    return api.load(path)


@pytest.fixture(scope="module")
def source(model: Model) -> Source:
    ledger = Ledger(model.digest)
    ledger.write(Figure("cost/component/front", "cost", "EUR/month", 146.0, 146.0, 146.0))
    ledger.write(Figure("utilisation/desk", "busy", "1", 0.25, 0.2, 0.3))
    return Source(model, ledger, load_catalog())


@pytest.fixture(scope="module")
def made(source: Source) -> dict[str, str]:
    return {each.path: each.text for each in exports()["terraform"].make(source)}


def wanted(model: Model) -> dict[str, tuple[str, int]]:
    """The parts that a cloud of the outline makes: bought, not there already, and no service of another seller."""
    return {
        c.name: (c.product, c.replicas)
        for c in model.components.values()
        if c.product and not c.existing and not c.product.startswith("mistral/")
    }


def test_the_outline_holds_against_parser_table_and_model(model: Model, made: dict[str, str]) -> None:
    assert problems(made, wanted(model)) == []
    assert {path.split("/")[1] for path in made if path.startswith("modules/")} == {
        "aws", "aws_us_east_1", "azure_westeurope", "google", "google_eu",
    }  # fmt: skip


def test_every_resource_that_is_written_has_what_its_page_requires() -> None:
    """Two of everything in each cloud: what is written is in the table, what is in the table is written, and what a page
    requires is missed once it is called otherwise."""
    model = loads(every_service())
    source = Source(model, Ledger(model.digest), load_catalog())
    made = {a.path: a.text for a in exports()["terraform"].make(source)}
    assert problems(made, wanted(model)) == []
    assert set(re.findall(r'^resource "(\w+)"', "\n".join(made.values()), re.M)) == set(REQUIRED)
    missed = {
        "tenant_id                     = data.azurerm": "authentication.tenant_id", "  dns_prefix ": "lacks dns_prefix or",
        "  subnet_ids ": "vpc_config.subnet_ids", "  node_type ": "lacks node_type", "admin_ssh_key": "lacks admin_password or",
        "tcp_health_check": "lacks grpc_health_check or", "    tier ": "settings.tier", "      location ": "replicas.location",
    }  # fmt: skip
    for old in missed:
        changed = {
            path: text.replace(old, old.replace(old.split()[0], "other")) for path, text in made.items()
        }
        assert changed != made, old
        made = changed
    told = "\n".join(problems(made, wanted(model)))
    assert [what for what in missed.values() if what not in told] == []


def test_the_same_model_gives_the_same_bytes(source: Source, made: dict[str, str]) -> None:
    assert {each.path: each.text for each in exports()["terraform"].make(source)} == made


def test_every_resource_points_back_to_its_component_and_figures(made: dict[str, str]) -> None:
    main = made["modules/azure_westeurope/main.tf"]
    assert re.search(r"# cost/component/front: 146(\.00)? EUR/month\n", main)
    assert re.search(r"# carries components\.desk: Desk .*\n# utilisation/desk: 20 to 30 %\n", main)
    for block in re.findall(r'(# .*\n)?resource "\w+" "(\w+)" \{', main):
        assert block[1] == "main" or block[0].startswith("# ")


def test_what_the_model_does_not_say_is_a_variable_without_default(
    source: Source, made: dict[str, str]
) -> None:
    names = {each.name for each in open_variables(source)}
    assert {"front_image_id", "helper_address", "old_books_address", "google_region", "aws_region"} <= names
    assert "front_zones" not in names, "the model's places say the zones"
    assert 'default     = ["1", "2"]' in made["variables.tf"]
    for name in names:
        assert f"| `{name}` |" in made["README.md"]
        block = re.search(rf'variable "{name}" \{{\n(.*?)\n\}}', made["variables.tf"], re.S)
        assert block is not None and "default" not in block.group(1)


def test_secrets_are_named_and_never_valued(made: dict[str, str]) -> None:
    text = "".join(made.values())
    assert "secrets/writer" in text and "aws_secretsmanager_secret.old_books.arn" in text
    assert not re.search(
        r"secret_string|secret_data|password(?:_wo)?\s*=(?! var\.)|_key_vault_secret\"", text
    )


def test_words_of_a_model_stay_words(made: dict[str, str]) -> None:
    assert "${all}" not in re.sub(r"^\s*#.*$", "", "".join(made.values()), flags=re.M).replace("$${all}", "")


@pytest.mark.skipif(TERRAFORM is None, reason="neither terraform nor tofu is installed")
def test_the_tool_itself_finds_nothing_to_lay_out(made: dict[str, str], tmp_path: Path) -> None:
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    run = subprocess.run([str(TERRAFORM), "fmt", "-recursive", "-check", "-list=true", str(tmp_path)],
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert (run.returncode, run.stdout) == (0, "")


MUTANTS = [
    (
        "modules/azure_westeurope/main.tf",
        'resource "azurerm_subnet" "main"',
        'resource "azurerm_subnet" "other"',
    ),
    ("modules/azure_westeurope/main.tf", "azurerm_lb.front.id", "azurerm_lb.back.id"),
    ("modules/azure_westeurope/main.tf", "count = 2", "count = 3"),
    ("modules/azure_westeurope/main.tf", 'Standard_D2s_v5"', 'Standard_D4s_v5"'),
    ("modules/azure_westeurope/main.tf", "var.front_image_id", "var.front_image"),
    ("modules/azure_westeurope/main.tf", 'groma_component = "front"', 'groma_component = "back"'),
    ("modules/azure_westeurope/main.tf", "azurerm_linux_virtual_machine", "azurerm_linux_machine"),
    ("modules/aws_us_east_1/main.tf", "m7g.large", "m7g.xlarge"),
    (
        "modules/aws_us_east_1/main.tf",
        "aws_secretsmanager_secret.old_books",
        "aws_secretsmanager_secret.books",
    ),
    (
        "modules/aws_us_east_1/main.tf",
        "aws_iam_instance_profile.crew.name",
        "aws_iam_instance_profile.gang.name",
    ),
    ("modules/google/main.tf", "e2-standard-4", "e2-standard-8"),
    ("modules/google/main.tf", "google_compute_subnetwork.main", "google_compute_subnetwork.mine"),
    ("modules/google/variables.tf", 'variable "runner_image"', 'variable "runner_picture"'),
    ("main.tf", 'source = "./modules/aws"', 'source = "./modules/awry"'),
    ("main.tf", "var.front_port", "var.front_door"),
    ("main.tf", "local.tags", "local.labels"),
    ("outputs.tf", "module.google.runner_addresses", "module.google.runner_address"),
    ("variables.tf", 'variable "system" {', 'variable "system" {{'),
]


@pytest.mark.parametrize(("path", "old", "new"), MUTANTS)
def test_a_changed_outline_is_caught(
    model: Model, made: dict[str, str], path: str, old: str, new: str
) -> None:
    assert old in made[path]
    assert problems(made | {path: made[path].replace(old, new)}, wanted(model))


def test_a_dropped_resource_is_caught_unless_nothing_hangs_on_it(model: Model, made: dict[str, str]) -> None:
    """Each resource taken out by itself: caught wherever another one, an output or the model asks for it."""
    missed: list[str] = []
    for path in [path for path in made if path.endswith("main.tf") and path.startswith("modules/")]:
        blocks = re.split(r"\n(?=(?:# .*\n)*(?:resource|data) )", made[path])
        for nth, block in enumerate(blocks):
            named = re.search(r'resource "(\w+)" "(\w+)"', block)
            if named and not problems(
                made | {path: "\n".join(blocks[:nth] + blocks[nth + 1 :])}, wanted(model)
            ):
                missed.append(named.group(1))
    leaves = {  # nothing refers to them: what they tie together is named on their own side
        "azurerm_subnet_network_security_group_association", "azurerm_key_vault_access_policy", "azurerm_lb_rule",
        "azurerm_network_interface_backend_address_pool_association", "aws_iam_role_policy",
        "aws_lb_target_group_attachment", "aws_lb_listener", "google_compute_forwarding_rule",
        "google_secret_manager_secret_iam_member", "google_project_service", "google_project_iam_member",
        "azurerm_linux_virtual_machine", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule",
        "google_compute_firewall",
    }  # fmt: skip
    assert set(missed) <= leaves - {"azurerm_linux_virtual_machine"}


@pytest.mark.cases
@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the checkout")
@pytest.mark.parametrize("path", sorted(CASES.glob("*/*.tf")), ids=lambda path: path.stem)
def test_real_files_keep_and_regain_their_layout(path: Path) -> None:
    """Files that `terraform fmt` laid out stay as they are; without their indentation and columns they come back."""
    text = path.read_text()
    if TERRAFORM is not None:
        text = subprocess.run(
            [TERRAFORM, "fmt", "-"], input=text, capture_output=True, text=True, check=True
        ).stdout
    text = text.rstrip("\n") + "\n"
    assert formatted(text) == text
    if "<<" not in text:
        flat = (
            "\n".join(re.sub(r'^(\s*[\w"]+)\s+=\s', r"\1 = ", line).strip() for line in text.splitlines())
            + "\n"
        )
        assert formatted(flat) == text


def test_layout_by_the_rules() -> None:
    """Each rule of hclwrite's format.go once: groups end at empty lines, at open brackets, at lines without `=`."""
    given = 'a {\nb = 1\nlonger = 2 # one\n# c\nx = [\n1,\n]\nyy = "=" # two\n\nz = { k = 1 }\nzzz = <<EOF\n  as it = is\nEOF\n}\n'
    expected = (
        'a {\n  b      = 1\n  longer = 2 # one\n  # c\n  x = [\n    1,\n  ]\n  yy = "=" # two\n\n'
        "  z   = { k = 1 }\n  zzz = <<EOF\n  as it = is\nEOF\n}\n"
    )
    assert formatted(given) == expected
    assert formatted(expected) == expected


@pytest.fixture(scope="module")
def neighbours() -> dict[str, str]:
    model = loads(within_modules())
    source = Source(model, Ledger(model.digest), load_catalog())
    return {each.path: each.text for each in exports()["terraform"].make(source)}


def block(text: str, kind: str, name: str) -> dict[str, str]:
    """The arguments of a resource, by their names; those of its blocks with them."""
    found = re.search(rf'resource "{kind}" "{name}" \{{\n(.*?)\n\}}', text, re.S)
    return dict(re.findall(r"^ +(\w+) += (.*)$", found[1], re.M)) if found else {}


def test_a_machine_may_call_the_models_of_its_own_module(neighbours: dict[str, str]) -> None:
    aws, google = (
        neighbours["modules/aws_us_east_1/main.tf"],
        neighbours["modules/google_us_central1/main.tf"],
    )
    assert block(aws, "aws_iam_role_policy_attachment", "crew_writer") == {
        "role": "aws_iam_role.crew.name", "policy_arn": "aws_iam_policy.writer.arn",
    }  # fmt: skip
    assert block(google, "google_project_iam_member", "runner_models") == {
        "project": "var.google_project", "role": '"roles/aiplatform.user"',
        "member": '"serviceAccount:${google_service_account.runner.email}"',
    }  # fmt: skip
    assert 'WRITER_MODEL = "amazon.nova-lite-v1:0"' in neighbours["modules/aws_us_east_1/outputs.tf"]
    assert 'READER_MODEL = "gemini-2.5-flash"' in neighbours["modules/google_us_central1/outputs.tf"]


def test_a_cluster_of_aws_has_its_policy_and_reads_no_secrets(neighbours: dict[str, str]) -> None:
    text = neighbours["modules/aws_us_east_1/main.tf"]
    assert block(text, "aws_iam_role_policy_attachment", "fleet") == {
        "role": "aws_iam_role.fleet.name", "policy_arn": '"arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"',
    }  # fmt: skip
    assert "[aws_iam_role_policy_attachment.fleet]" in block(text, "aws_eks_cluster", "fleet")["depends_on"]
    assert "fleet_secrets" not in text and "fleet_writer" not in text
    assert "aws_secretsmanager_secret.ledger.arn" in "".join(neighbours.values())
    assert "fleet is a cluster without nodes" in neighbours["README.md"]


def test_aurora_is_a_cluster_with_its_instances_in_the_network(neighbours: dict[str, str]) -> None:
    text = neighbours["modules/aws_us_east_1/main.tf"]
    assert "aws_db_instance" not in text
    assert block(text, "aws_rds_cluster", "books") | {"tags": ""} == {
        "cluster_identifier": '"${var.system}-books"', "engine": "var.books_engine", "master_username": "var.books_username",
        "manage_master_user_password": "true", "db_subnet_group_name": "aws_db_subnet_group.books.name",
        "vpc_security_group_ids": "[aws_security_group.main.id]", "tags": "",
    }  # fmt: skip
    assert block(text, "aws_rds_cluster_instance", "books") | {"tags": ""} == {
        "count": "3", "cluster_identifier": "aws_rds_cluster.books.id", "engine": "aws_rds_cluster.books.engine",
        "instance_class": "var.books_instance_class", "tags": "",
    }  # fmt: skip


def test_a_cache_has_as_many_nodes_as_the_model_says_and_stands_in_the_network(
    neighbours: dict[str, str],
) -> None:
    told = block(neighbours["modules/aws_us_east_1/main.tf"], "aws_elasticache_replication_group", "shelf")
    assert (told["num_cache_clusters"], told["description"]) == ("2", '"The shelf"')
    assert told["subnet_group_name"] == "aws_elasticache_subnet_group.shelf.name"
    assert told["security_group_ids"] == "[aws_security_group.main.id]"


def test_what_stands_in_a_network_is_reached_and_what_is_missing_is_said(made: dict[str, str]) -> None:
    aws, google = made["modules/aws_us_east_1/main.tf"], made["modules/google/main.tf"]
    assert block(aws, "aws_vpc_security_group_ingress_rule", "main")["cidr_ipv4"] == "aws_vpc.main.cidr_block"
    assert block(aws, "aws_vpc_security_group_egress_rule", "main")["cidr_ipv4"] == '"0.0.0.0/0"'
    probes = block(google, "google_compute_firewall", "runner_probes")
    assert probes["source_ranges"] == '["35.191.0.0/16", "130.211.0.0/22"]'
    assert (probes["protocol"], probes["ports"]) == ('"tcp"', "[var.runner_port]")
    within = block(google, "google_compute_firewall", "main")
    assert within["source_ranges"] == "[google_compute_subnetwork.main.ip_cidr_range]"
    told = made["README.md"]
    assert told.count("is open within: rules of who may reach whom have to be added.") == 3
    assert told.count("It has no way out yet") == 2 and "aws_us_east_1 is open within" in told


def test_services_whose_settings_hang_together_ask_for_all_of_them() -> None:
    model = loads(every_service())
    source = Source(model, Ledger(model.digest), load_catalog())
    text = "\n".join(each.text for each in exports()["terraform"].make(source))
    search = block(text, "aws_opensearch_domain", "aws_opensearch_2")
    assert (search["instance_count"], search["ebs_enabled"]) == ("2", "true")
    assert (search["instance_type"], search["volume_size"]) == (
        "var.aws_opensearch_2_instance_type",
        "var.aws_opensearch_2_volume_size",
    )
    sql = block(text, "google_sql_database_instance", "google_sql_database_instance_1")
    assert sql["edition"] == "var.google_sql_database_instance_1_edition"
    redis = block(text, "google_redis_instance", "google_redis_instance_1")
    assert redis["authorized_network"] == "google_compute_network.main.id"
    db = block(text, "aws_db_instance", "aws_rds_1")
    assert db["db_subnet_group_name"] == "aws_db_subnet_group.aws_rds_1.name"
    assert db["vpc_security_group_ids"] == "[aws_security_group.main.id]"


def outlined(text: str) -> str:
    model = loads(text)
    return "\n".join(
        each.text for each in exports()["terraform"].make(Source(model, Ledger(model.digest), load_catalog()))
    )


STORES = (
    "groma: 1\nsystem: Stores\ncurrency: EUR\ncomponents:\n"
    "  books: {{kind: database, product: {product}, price: 1 EUR/month, replicas: {replicas}}}\n"
)


@pytest.mark.parametrize(
    ("product", "kind", "primary", "copy"),
    [
        ("aws/rds/x@us-east-1", "aws_db_instance", "replicate_source_db", "aws_db_instance.books.identifier"),
        ("gcp/sql-database-instance/x@us-central1", "google_sql_database_instance", "master_instance_name", "google_sql_database_instance.books.name"),
        ("azure/postgresql-flexible-server/x@westeurope", "azurerm_postgresql_flexible_server", "source_server_id", "azurerm_postgresql_flexible_server.books.id"),
    ],
)  # fmt: skip
def test_a_database_with_replicas_is_one_that_others_read_from(
    product: str, kind: str, primary: str, copy: str
) -> None:
    """Three databases of which each takes writes would be three sets of data."""
    three, one = (outlined(STORES.format(product=product, replicas=n)) for n in (3, 1))
    assert len(re.findall(rf'^resource "{kind}"', three, re.M)) == 2
    first, others = block(three, kind, "books"), block(three, kind, "books_replica")
    assert "count" not in first and primary not in first
    assert (others["count"], others[primary]) == ("2", copy)
    assert "one database takes what is written, the other 2 are read replicas of it" in three
    assert len(re.findall(rf'^resource "{kind}"', one, re.M)) == 1 and "replica" not in one


@pytest.mark.parametrize(
    ("product", "kind", "argument"),
    [
        ("gcp/redis-instance/x@us-central1", "google_redis_instance", "replica_count"),
        ("azure/redis-cache/x@westeurope", "azurerm_redis_cache", "replicas_per_primary"),
    ],
)
def test_a_cache_with_replicas_has_as_many_beside_its_primary(product: str, kind: str, argument: str) -> None:
    three, one = (outlined(STORES.format(product=product, replicas=n)) for n in (3, 1))
    assert block(three, kind, "books")[argument] == "2" and "books has replicas, which need" in three
    assert argument not in block(one, kind, "books") and "has replicas" not in one


def test_a_password_that_is_handed_over_is_kept_nowhere() -> None:
    text = outlined(STORES.format(product="aws/rds/x@us-east-1", replicas=2))
    assert block(text, "aws_db_instance", "books")["password_wo"] == "var.books_password"
    asked = re.findall(r'variable "books_password" \{\n(.*?)\n\}', text, re.S)
    assert len(asked) == 2 and all(
        "ephemeral   = true" in each and "sensitive   = true" in each for each in asked
    )
    assert text.count('required_version = ">= 1.11"') == 2
    alone = outlined(STORES.format(product="aws/rds/x@us-east-1", replicas=1))
    assert "manage_master_user_password = true" in " ".join(alone.split()) and "_wo" not in alone
    assert alone.count('required_version = ">= 1.5"') == 2
