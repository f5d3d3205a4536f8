"""Azure (provider `azurerm`): the ground of a region, and a piece for each kind of thing that runs there.

Arguments after the pages of the provider (registry.terraform.io/providers/hashicorp/azurerm, version 4).
"""

from __future__ import annotations

from groma.exporters.terraform.alike import (
    Make,
    alone,
    copied,
    named,
    numbered,
    port,
    read_from,
    replica_numbered,
    tags,
    within,
    zones,
)
from groma.exporters.terraform.outline import Block, Output, Part, Piece, Variable, quoted

PROVIDER, SOURCE, VERSION = "azurerm", "hashicorp/azurerm", ">= 4.0, < 5.0"
REGION = "location"
_IN = """\
location            = azurerm_resource_group.main.location
resource_group_name = azurerm_resource_group.main.name
"""


_TENANT = Block('data "azurerm_client_config" "current"', "")


def configuration(region: str) -> str:
    """The body of the provider block."""
    return "features {}\n\nsubscription_id = var.azure_subscription_id\n"


def configured() -> tuple[Variable, ...]:
    """What the provider block needs to be told."""
    return (Variable("azure_subscription_id", "string", "the subscription that is billed"),)


def ground(group: str, *, network: bool, secrets: tuple[str, ...]) -> Piece:
    """Resource group, network where something needs one, and the key vault where something has secrets."""
    blocks = [
        Block(
            'resource "azurerm_resource_group" "main"',
            'name     = "${var.system}-${var.location}"\nlocation = var.location\ntags     = var.tags\n',
        )
    ]
    variables: tuple[Variable, ...] = ()
    if network:
        variables += (
            Variable(f"{group}_address_space", "list(string)", "address ranges of the network (CIDR)"),
            Variable(f"{group}_subnet_prefixes", "list(string)", "address ranges of its subnet (CIDR)"),
        )
        blocks += [
            Block(
                'resource "azurerm_virtual_network" "main"',
                f'name = "${{var.system}}-network"\n{_IN}address_space = var.{group}_address_space\ntags = var.tags\n',
            ),
            Block(
                'resource "azurerm_subnet" "main"',
                'name = "${var.system}-parts"\n'
                "resource_group_name = azurerm_resource_group.main.name\n"
                "virtual_network_name = azurerm_virtual_network.main.name\n"
                f"address_prefixes = var.{group}_subnet_prefixes\n",
            ),
            Block(
                'resource "azurerm_network_security_group" "main"',
                f'name = "${{var.system}}-rules"\n{_IN}tags = var.tags\n',
            ),
            Block(
                'resource "azurerm_subnet_network_security_group_association" "main"',
                "subnet_id = azurerm_subnet.main.id\n"
                "network_security_group_id = azurerm_network_security_group.main.id\n",
            ),
        ]
    if secrets:
        variables += (
            Variable(
                f"{group}_key_vault_name", "string", "a name that no other key vault has",
                condition=f'can(regex("^[a-zA-Z][a-zA-Z0-9-]{{1,22}}[a-zA-Z0-9]$", var.{group}_key_vault_name))',
                message="A key vault's name has 3 to 24 letters, digits and dashes.",
            ),
            Variable(
                f"{group}_key_vault_sku", "string", "how keys are kept",
                condition=f'contains(["standard", "premium"], var.{group}_key_vault_sku)',
                message="Expected standard or premium.",
            ),
        )  # fmt: skip
        blocks += [
            _TENANT,
            Block(
                'resource "azurerm_key_vault" "main"',
                f"name = var.{group}_key_vault_name\n{_IN}tenant_id = data.azurerm_client_config.current.tenant_id\n"
                f"sku_name = var.{group}_key_vault_sku\ntags = var.tags\n",
            ),
        ]
    return Piece(tuple(blocks), variables, (), (within(group, out=True),) if network else ())


def secret(name: str) -> str:
    """Where a secret is read, never its value."""
    return f'"${{azurerm_key_vault.main.vault_uri}}secrets/{name.replace("_", "-")}"'


def machine(part: Part, group: str) -> Piece:
    """Virtual machines with an identity of their own, and a load balancer before several."""
    c, n = part.component, part.id
    count = c.replicas
    several = count > 1
    variables = [
        Variable(f"{n}_image_id", "string", "the image that is started", c.name),
        Variable(f"{n}_admin_username", "string", "the administrator's name on the machine", c.name),
        Variable(f"{n}_admin_public_key", "string", "the administrator's public SSH key", c.name),
        Variable(f"{n}_disk_type", "string", "the kind of its system disk, such as Premium_LRS", c.name),
        Variable(f"{n}_disk_caching", "string", "caching of its system disk: None, ReadOnly, ReadWrite", c.name,
                 condition=f'contains(["None", "ReadOnly", "ReadWrite"], var.{n}_disk_caching)',
                 message="Expected None, ReadOnly or ReadWrite."),
    ]  # fmt: skip
    zone = ""
    if several:
        numbers = [name[-1] for name in part.zones if name[-1:].isdigit()]
        variables.append(zones(part, numbers))
        zone = f"zone = var.{n}_zones[count.index % length(var.{n}_zones)]\n"
    blocks = [
        Block(
            f'resource "azurerm_user_assigned_identity" "{n}"',
            f'{named(part)}{_IN}{tags(part)}', c.name,
        ),
        Block(
            f'resource "azurerm_network_interface" "{n}"',
            f'count = {count}\n\n{numbered(part)}{_IN}{tags(part)}\n'
            'ip_configuration {\nname = "internal"\nsubnet_id = azurerm_subnet.main.id\n'
            'private_ip_address_allocation = "Dynamic"\n}\n', c.name,
        ),
        Block(
            f'resource "azurerm_linux_virtual_machine" "{n}"',
            f'count = {count}\n\n{numbered(part)}{_IN}size = {quoted(part.sku)}\n{zone}'
            f"admin_username = var.{n}_admin_username\nsource_image_id = var.{n}_image_id\n"
            f"network_interface_ids = [azurerm_network_interface.{n}[count.index].id]\n{tags(part)}\n"
            f"admin_ssh_key {{\nusername = var.{n}_admin_username\npublic_key = var.{n}_admin_public_key\n}}\n\n"
            f"os_disk {{\ncaching = var.{n}_disk_caching\nstorage_account_type = var.{n}_disk_type\n}}\n\n"
            f'identity {{\ntype = "UserAssigned"\nidentity_ids = [azurerm_user_assigned_identity.{n}.id]\n}}\n', c.name,
        ),
    ]  # fmt: skip
    if part.reaches:
        blocks.append(
            Block(
                f'resource "azurerm_key_vault_access_policy" "{n}"',
                "key_vault_id = azurerm_key_vault.main.id\ntenant_id = data.azurerm_client_config.current.tenant_id\n"
                f'object_id = azurerm_user_assigned_identity.{n}.principal_id\n\nsecret_permissions = ["Get"]\n',
                c.name,
            )
        )
    if several:
        variables.append(port(part))
        blocks += [
            Block(
                f'resource "azurerm_lb" "{n}"',
                f'{named(part)}{_IN}sku = "Standard"\n{tags(part)}\n'
                'frontend_ip_configuration {\nname = "internal"\nsubnet_id = azurerm_subnet.main.id\n}\n', c.name,
            ),
            Block(
                f'resource "azurerm_lb_backend_address_pool" "{n}"',
                f'name = "{n}"\nloadbalancer_id = azurerm_lb.{n}.id\n', c.name,
            ),
            Block(
                f'resource "azurerm_network_interface_backend_address_pool_association" "{n}"',
                f"count = {count}\n\nnetwork_interface_id = azurerm_network_interface.{n}[count.index].id\n"
                'ip_configuration_name = "internal"\n'
                f"backend_address_pool_id = azurerm_lb_backend_address_pool.{n}.id\n", c.name,
            ),
            Block(
                f'resource "azurerm_lb_probe" "{n}"',
                f'name = "{n}"\nloadbalancer_id = azurerm_lb.{n}.id\nport = var.{n}_port\n', c.name,
            ),
            Block(
                f'resource "azurerm_lb_rule" "{n}"',
                f'name = "{n}"\nloadbalancer_id = azurerm_lb.{n}.id\nprotocol = "Tcp"\nfrontend_port = var.{n}_port\n'
                f'backend_port = var.{n}_port\nfrontend_ip_configuration_name = "internal"\n'
                f"backend_address_pool_ids = [azurerm_lb_backend_address_pool.{n}.id]\nprobe_id = azurerm_lb_probe.{n}.id\n",
                c.name,
            ),
        ]  # fmt: skip
    outputs = (
        Output(f"{n}_addresses", f"azurerm_network_interface.{n}[*].private_ip_address", "addresses of its machines", c.name),
    )  # fmt: skip
    return Piece(tuple(blocks), tuple(variables), outputs)


def database(part: Part, group: str) -> Piece:
    """A server; several of it are one and its read replicas, which no burstable size has (learn.microsoft.com, "Read
    replicas in Azure Database for PostgreSQL")."""
    c, n = part.component, part.id
    several = c.replicas > 1
    variables = (
        Variable(
            f"{n}_sku_name", "string", "the tier and size, such as GP_Standard_D2s_v3", c.name,
            condition=f'!startswith(var.{n}_sku_name, "B_")' if several else "",
            message="Expected a tier that can have replicas: GP_ or MO_." if several else "",
        ),
        Variable(f"{n}_version", "string", "the version of PostgreSQL", c.name),
        Variable(f"{n}_storage_mb", "number", "the size of its disk in MB", c.name),
    )  # fmt: skip
    same = (
        f"sku_name = var.{n}_sku_name\nversion = var.{n}_version\nstorage_mb = var.{n}_storage_mb\n"
        f"public_network_access_enabled = false\n{tags(part)}\n"
        "authentication {\nactive_directory_auth_enabled = true\npassword_auth_enabled = false\n"
        "tenant_id = data.azurerm_client_config.current.tenant_id\n}\n"
    )
    kind = "azurerm_postgresql_flexible_server"
    blocks = [_TENANT, Block(f'resource "{kind}" "{n}"', f"{named(part)}{_IN}{same}", c.name)]
    if several:
        copy = f'create_mode = "Replica"\nsource_server_id = {kind}.{n}.id\n'
        head = f"count = {c.replicas - 1}\n\n{replica_numbered(part)}{_IN}"
        blocks.append(Block(f'resource "{kind}" "{n}_replica"', f"{head}{copy}{same}", c.name))
    outputs = (
        Output(f"{n}_address", f"{kind}.{n}.fqdn", "where it is reached", c.name),
        *read_from(part, kind, "fqdn"),
    )
    told = f"{c.name} lets nobody in yet: it has no administrator, and nothing reaches it without a private endpoint."
    return Piece(tuple(blocks), variables, outputs, (told, *copied(part)))


def storage(part: Part, group: str) -> Piece:
    c, n = part.component, part.id
    variables = (
        Variable(f"{n}_name", "string", "a name that no other storage account has", c.name,
                 condition=f'can(regex("^[a-z0-9]{{3,24}}$", var.{n}_name))',
                 message="Expected 3 to 24 lower-case letters and digits."),
        Variable(f"{n}_tier", "string", "Standard or Premium", c.name,
                 condition=f'contains(["Standard", "Premium"], var.{n}_tier)', message="Expected Standard or Premium."),
        Variable(f"{n}_replication", "string", "how it is repeated, such as LRS, ZRS or GRS", c.name),
    )  # fmt: skip
    block = Block(
        f'resource "azurerm_storage_account" "{n}"',
        f"name = var.{n}_name\n{_IN}account_tier = var.{n}_tier\naccount_replication_type = var.{n}_replication\n{tags(part)}",
        c.name,
    )
    return Piece((block,), variables, (Output(f"{n}_address", f"azurerm_storage_account.{n}.primary_blob_endpoint", "where it is reached", c.name),))  # fmt: skip


def cluster(part: Part, group: str) -> Piece:
    c, n = part.component, part.id
    variables = (
        Variable(f"{n}_node_size", "string", "the size of its nodes", c.name),
        Variable(f"{n}_node_count", "number", "how many nodes it has", c.name),
    )
    block = Block(
        f'resource "azurerm_kubernetes_cluster" "{n}"',
        f'{named(part)}{_IN}dns_prefix = "${{var.system}}-{part.dashed}"\n{tags(part)}\n'
        f'default_node_pool {{\nname = "parts"\nvm_size = var.{n}_node_size\nnode_count = var.{n}_node_count\n'
        'vnet_subnet_id = azurerm_subnet.main.id\n}\n\nidentity {\ntype = "SystemAssigned"\n}\n',
        c.name,
    )
    return Piece((block,), variables, (Output(f"{n}_address", f"azurerm_kubernetes_cluster.{n}.fqdn", "where it is reached", c.name),))  # fmt: skip


SERVICES = {
    "postgresql-flexible-server": "database",
    "log-analytics-workspace": "logs",
    "storage-account": "storage",
    "servicebus-namespace": "queue",
    "search-service": "search",
    "redis-cache": "cache",
    "kubernetes-cluster": "cluster",
}
MAKE: dict[str, Make] = {
    "machine": machine,
    "database": database,
    "storage": storage,
    "cluster": cluster,
    "logs": alone(
        "azurerm_log_analytics_workspace", ("workspace_id", "workspace_id", "its workspace"), tags, place=_IN,
        asked=(("retention_in_days", "number", "how long what is logged is kept"),),
    ),
    "queue": alone(
        "azurerm_servicebus_namespace", ("id", "id", "its id"), tags, place=_IN,
        asked=(("sku", "string", "Basic, Standard or Premium"),),
    ),
    "search": alone(
        "azurerm_search_service", ("id", "id", "its id"), tags, place=_IN,
        asked=(("sku", "string", "its tier, such as basic or standard"),), many="replica_count",
    ),
    "cache": alone(
        "azurerm_redis_cache", ("address", "hostname", "where it is reached"), tags, place=_IN,
        asked=(
            ("capacity", "number", "its size within the family"),
            ("family", "string", "C (basic, standard) or P (premium)"),
            ("sku_name", "string", "Basic, Standard or Premium"),
        ),
        copies="replicas_per_primary = {more}\n", copies_need="the family P (Premium), and three replicas at most",
    ),
}  # fmt: skip
NETWORKED = frozenset({"machine", "cluster"})
