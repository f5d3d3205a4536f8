"""Google Cloud (provider `google`): the ground of a region, and a piece for each kind of thing that runs there.

Arguments after the pages of the provider (registry.terraform.io/providers/hashicorp/google, version 6).
"""

from __future__ import annotations

from groma.exporters.terraform.alike import (
    Make,
    address_range,
    alone,
    copied,
    named,
    numbered,
    port,
    read_from,
    replica_numbered,
    within,
    zones,
)
from groma.exporters.terraform.outline import Block, Output, Part, Piece, Variable, quoted

PROVIDER, SOURCE, VERSION = "google", "hashicorp/google", ">= 6.0, < 7.0"
REGION = "region"
_PROBES = '["35.191.0.0/16", "130.211.0.0/22"]'
"""Where health checks of load balancers come from (cloud.google.com, "Probe IP ranges and firewall rules")."""


def configuration(region: str) -> str:
    """The body of the provider block; a multi-region such as `eu` is no region of a provider."""
    known = f"region = {quoted(region)}\n" if "-" in region else ""
    return "project = var.google_project\n" + known


def configured() -> tuple[Variable, ...]:
    return (Variable("google_project", "string", "the project that is billed"),)


def labels(part: Part) -> str:
    return f"labels = merge(var.tags, {{ groma_component = {quoted(part.id)} }})\n"


def ground(group: str, *, network: bool, secrets: tuple[str, ...]) -> Piece:
    """Network where something needs one; a secret without a version for each that something reads."""
    blocks: list[Block] = []
    variables: tuple[Variable, ...] = ()
    if network:
        variables = (address_range(f"{group}_ip_cidr_range"),)
        blocks += [
            Block('resource "google_compute_network" "main"', 'name = "${var.system}-network"\nauto_create_subnetworks = false\n'),
            Block(
                'resource "google_compute_subnetwork" "main"',
                f'name = "${{var.system}}-parts"\nnetwork = google_compute_network.main.id\nip_cidr_range = var.{group}_ip_cidr_range\n'
                "region = var.region\n",
            ),
            Block(
                'resource "google_compute_firewall" "main"',
                'name = "${var.system}-parts"\nnetwork = google_compute_network.main.id\n'
                'source_ranges = [google_compute_subnetwork.main.ip_cidr_range]\n\nallow {\nprotocol = "all"\n}\n',
            ),
        ]  # fmt: skip
    blocks += [
        Block(
            f'resource "google_secret_manager_secret" "{name}"',
            f'secret_id = "${{var.system}}-{name.replace("_", "-")}"\nlabels = merge(var.tags, {{ groma_secret_of = "{name}" }})\n\n'
            "replication {\nuser_managed {\nreplicas {\nlocation = var.region\n}\n}\n}\n",
        )
        for name in secrets
    ]
    return Piece(tuple(blocks), variables, (), (within(group),) if network else ())


def secret(name: str) -> str:
    return f"google_secret_manager_secret.{name}.id"


def account(does: str, part: Part) -> str:
    """The id of a service account: 6 to 30 letters, digits and dashes."""
    return f"{does}-{part.dashed}"[:30].rstrip("-").ljust(6, "0")


def _account(part: Part) -> list[Block]:
    c, n = part.component, part.id
    blocks = [
        Block(
            f'resource "google_service_account" "{n}"',
            f'account_id = "{account("run", part)}"\ndisplay_name = {quoted(c.title or c.name)}\n', c.name,
        )
    ]  # fmt: skip
    blocks += [
        Block(
            f'resource "google_secret_manager_secret_iam_member" "{n}_{name}"',
            f'secret_id = {secret(name)}\nrole = "roles/secretmanager.secretAccessor"\n'
            f'member = "serviceAccount:${{google_service_account.{n}.email}}"\n',
            c.name,
        )
        for name in part.reaches
    ]
    if part.models:
        blocks.append(
            Block(
                f'resource "google_project_iam_member" "{n}_models"',
                'project = var.google_project\nrole = "roles/aiplatform.user"\n'
                f'member = "serviceAccount:${{google_service_account.{n}.email}}"\n',
                c.name,
            )
        )
    return blocks


def machine(part: Part, group: str) -> Piece:
    """Instances with a service account of their own, and a load balancer before several."""
    c, n = part.component, part.id
    known = [name for name in part.zones if name.startswith(part.region)]
    variables = [
        Variable(f"{n}_image", "string", "the image that is started", c.name),
        zones(part, known),
    ]
    zone = f"var.{n}_zones[count.index % length(var.{n}_zones)]"
    blocks = [
        *_account(part),
        Block(
            f'resource "google_compute_instance" "{n}"',
            f"count = {c.replicas}\n\n{numbered(part)}machine_type = {quoted(part.sku)}\n"
            f"zone = {zone}\n{labels(part)}\nboot_disk {{\ninitialize_params {{\nimage = var.{n}_image\n}}\n}}\n\n"
            "network_interface {\nsubnetwork = google_compute_subnetwork.main.id\n}\n\n"
            f'service_account {{\nemail = google_service_account.{n}.email\nscopes = ["cloud-platform"]\n}}\n',
            c.name,
        ),
    ]
    if c.replicas > 1:
        variables.append(port(part))
        blocks += [
            Block(
                f'resource "google_compute_instance_group" "{n}"',
                f"count = length(var.{n}_zones)\n\n{numbered(part)}zone = var.{n}_zones[count.index]\n"
                f"instances = [for each in google_compute_instance.{n} : each.self_link if each.zone == var.{n}_zones[count.index]]\n",
                c.name,
            ),
            Block(
                f'resource "google_compute_firewall" "{n}_probes"',
                f'name = "${{var.system}}-{part.dashed}-probes"\n'
                f"network = google_compute_network.main.id\nsource_ranges = {_PROBES}\n"
                f"target_service_accounts = [google_service_account.{n}.email]\n\n"
                f'allow {{\nprotocol = "tcp"\nports = [var.{n}_port]\n}}\n',
                c.name,
            ),
            Block(
                f'resource "google_compute_region_health_check" "{n}"',
                f"{named(part)}region = var.region\n\ntcp_health_check {{\nport = var.{n}_port\n}}\n",
                c.name,
            ),
            Block(
                f'resource "google_compute_region_backend_service" "{n}"',
                f'{named(part)}region = var.region\nprotocol = "TCP"\nload_balancing_scheme = "INTERNAL"\n'
                f"health_checks = [google_compute_region_health_check.{n}.id]\n\n"
                f'dynamic "backend" {{\nfor_each = google_compute_instance_group.{n}\n\ncontent {{\ngroup = backend.value.id\nbalancing_mode = "CONNECTION"\n}}\n}}\n',
                c.name,
            ),
            Block(
                f'resource "google_compute_forwarding_rule" "{n}"',
                f'{named(part)}region = var.region\nload_balancing_scheme = "INTERNAL"\n'
                f"backend_service = google_compute_region_backend_service.{n}.id\nports = [var.{n}_port]\n"
                "network = google_compute_network.main.id\nsubnetwork = google_compute_subnetwork.main.id\n"
                f"{labels(part)}",
                c.name,
            ),
        ]
    return Piece(tuple(blocks), tuple(variables), (Output(f"{n}_addresses", f"google_compute_instance.{n}[*].network_interface[0].network_ip", "addresses of its machines", c.name),))  # fmt: skip


def database(part: Part, group: str) -> Piece:
    """A database; several of it are one and its read replicas, which are made from its backups and, of MySQL, its binary
    log (cloud.google.com, "Create read replicas")."""
    c, n = part.component, part.id
    variables = (
        Variable(f"{n}_database_version", "string", "engine and version, such as POSTGRES_16", c.name),
        Variable(
            f"{n}_edition",
            "string",
            "ENTERPRISE or ENTERPRISE_PLUS: each has tiers of its own",
            c.name,
            condition=f'contains(["ENTERPRISE", "ENTERPRISE_PLUS"], var.{n}_edition)',
            message="Expected ENTERPRISE or ENTERPRISE_PLUS.",
        ),
        Variable(f"{n}_tier", "string", "its size, such as db-custom-2-8192 of ENTERPRISE", c.name),
    )
    marks = f"user_labels = merge(var.tags, {{ groma_component = {quoted(n)} }})\n"
    settings = f"edition = var.{n}_edition\ntier = var.{n}_tier\n{marks}"
    version = f"database_version = var.{n}_database_version\n"
    saved, blocks = "", list[Block]()
    if c.replicas > 1:
        saved = f'\nbackup_configuration {{\nenabled = true\nbinary_log_enabled = startswith(var.{n}_database_version, "MYSQL")\n}}\n'
        blocks = [
            Block(
                f'resource "google_sql_database_instance" "{n}_replica"',
                f"count = {c.replicas - 1}\n\n{replica_numbered(part)}region = var.region\n{version}"
                f"master_instance_name = google_sql_database_instance.{n}.name\n\nsettings {{\n{settings}}}\n",
                c.name,
            )
        ]
    primary = Block(
        f'resource "google_sql_database_instance" "{n}"',
        f"{named(part)}region = var.region\n{version}\nsettings {{\n{settings}{saved}}}\n",
        c.name,
    )
    outputs = (
        Output(
            f"{n}_address", f"google_sql_database_instance.{n}.connection_name", "where it is reached", c.name
        ),
        *read_from(part, "google_sql_database_instance", "connection_name"),
    )
    return Piece((primary, *blocks), variables, outputs, copied(part))


def storage(part: Part, group: str) -> Piece:
    c, n = part.component, part.id
    variables = (Variable(f"{n}_name", "string", "a name that no other bucket has", c.name),)
    block = Block(
        f'resource "google_storage_bucket" "{n}"',
        f"name = var.{n}_name\nlocation = var.region\n{labels(part)}",
        c.name,
    )
    return Piece(
        (block,),
        variables,
        (Output(f"{n}_address", f"google_storage_bucket.{n}.url", "where it is reached", c.name),),
    )


def logs(part: Part, group: str) -> Piece:
    c, n = part.component, part.id
    variables = (Variable(f"{n}_retention_days", "number", "how long what is logged is kept", c.name),)
    block = Block(
        f'resource "google_logging_project_bucket_config" "{n}"',
        f'project = var.google_project\nlocation = var.region\nbucket_id = "${{var.system}}-{part.dashed}"\nretention_days = var.{n}_retention_days\n',
        c.name,
    )
    return Piece((block,), (*variables, *configured()), (Output(f"{n}_id", f"google_logging_project_bucket_config.{n}.id", "its id", c.name),))  # fmt: skip


def cluster(part: Part, group: str) -> Piece:
    c, n = part.component, part.id
    variables = (Variable(f"{n}_node_count", "number", "how many nodes it starts with in each zone", c.name),)
    block = Block(
        f'resource "google_container_cluster" "{n}"',
        f"{named(part)}location = var.region\ninitial_node_count = var.{n}_node_count\n"
        "network = google_compute_network.main.id\nsubnetwork = google_compute_subnetwork.main.id\n"
        f"resource_labels = merge(var.tags, {{ groma_component = {quoted(n)} }})\n",
        c.name,
    )
    return Piece((block,), variables, (Output(f"{n}_address", f"google_container_cluster.{n}.endpoint", "where it is reached", c.name),))  # fmt: skip


def model(part: Part, group: str) -> Piece:
    """The interface of Vertex AI switched on, and an account that may call models."""
    c, n = part.component, part.id
    blocks = (
        Block(f'resource "google_project_service" "{n}"', 'project = var.google_project\nservice = "aiplatform.googleapis.com"\ndisable_on_destroy = false\n', c.name),
        Block(
            f'resource "google_service_account" "{n}"',
            f'account_id = "{account("call", part)}"\ndisplay_name = {quoted("may call " + (c.title or c.name))}\n', c.name,
        ),
        Block(
            f'resource "google_project_iam_member" "{n}"',
            'project = var.google_project\nrole = "roles/aiplatform.user"\n'
            f'member = "serviceAccount:${{google_service_account.{n}.email}}"\n', c.name,
        ),
    )  # fmt: skip
    return Piece(
        blocks,
        configured(),
        (Output(f"{n}_account", f"google_service_account.{n}.email", "who may call it", c.name),),
    )


SERVICES = {
    "sql-database-instance": "database",
    "storage-bucket": "storage",
    "pubsub-topic": "queue",
    "logging-project-bucket-config": "logs",
    "redis-instance": "cache",
    "container-cluster": "cluster",
}
MAKE: dict[str, Make] = {
    "machine": machine,
    "database": database,
    "storage": storage,
    "logs": logs,
    "cluster": cluster,
    "model": model,
    "queue": alone("google_pubsub_topic", ("id", "id", "its id"), labels),
    "cache": alone(
        "google_redis_instance", ("address", "host", "where it is reached"), labels,
        place="region = var.region\nauthorized_network = google_compute_network.main.id\n",
        asked=(("memory_size_gb", "number", "how much memory it has, in GiB"),),
        copies='tier = "STANDARD_HA"\nread_replicas_mode = "READ_REPLICAS_ENABLED"\nreplica_count = {more}\n',
        copies_need="5 GiB of memory at least, and five replicas at most",
    ),
}  # fmt: skip
NETWORKED = frozenset({"machine", "cluster", "cache"})
