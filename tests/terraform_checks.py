"""An outline read back by python-hcl2 (a parser that isn't ours) and held against a restated table and the model.

`REQUIRED` restates arguments marked "(Required)" in the providers' pages, for the types that the outline uses; `INSIDE`
those of blocks that it writes; `EITHER` what a page says in words: one of several, or required for what is made here.
The pages are those of the providers' repositories (hashicorp/terraform-provider-azurerm, -aws and -google, folder
website/docs/r), read on 2026-11-28; azurerm 4, aws 5, google 6. Not from the pages, but held against the providers'
schemas as all are (`exporters/test_terraform_arguments.py`): aws_s3_bucket, aws_security_group and its rules,
aws_db_subnet_group, aws_rds_cluster and its instances, aws_elasticache_subnet_group, aws_iam_role_policy_attachment,
google_compute_subnetwork, google_compute_firewall, google_compute_region_backend_service,
google_compute_region_health_check, google_compute_forwarding_rule, google_storage_bucket, google_container_cluster and
google_project_iam_member.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import hcl2

_PLACED = {"name", "location", "resource_group_name"}
REQUIRED: Mapping[str, set[str]] = {
    "azurerm_resource_group": {"name", "location"},
    "azurerm_virtual_network": _PLACED,
    "azurerm_subnet": {"name", "resource_group_name", "virtual_network_name", "address_prefixes"},
    "azurerm_network_security_group": _PLACED,
    "azurerm_subnet_network_security_group_association": {"subnet_id", "network_security_group_id"},
    "azurerm_key_vault": _PLACED | {"sku_name", "tenant_id"},
    "azurerm_key_vault_access_policy": {"key_vault_id", "tenant_id", "object_id"},
    "azurerm_user_assigned_identity": _PLACED,
    "azurerm_network_interface": _PLACED | {"ip_configuration"},
    "azurerm_linux_virtual_machine": _PLACED | {"admin_username", "size", "network_interface_ids", "os_disk"},
    "azurerm_lb": _PLACED,
    "azurerm_lb_backend_address_pool": {"name", "loadbalancer_id"},
    "azurerm_network_interface_backend_address_pool_association": {
        "network_interface_id", "ip_configuration_name", "backend_address_pool_id",
    },
    "azurerm_lb_probe": {"name", "loadbalancer_id", "port"},
    "azurerm_lb_rule": {
        "name", "loadbalancer_id", "protocol", "frontend_port", "backend_port", "frontend_ip_configuration_name",
    },
    "azurerm_postgresql_flexible_server": _PLACED,
    "azurerm_log_analytics_workspace": _PLACED,
    "azurerm_storage_account": _PLACED | {"account_tier", "account_replication_type"},
    "azurerm_servicebus_namespace": _PLACED | {"sku"},
    "azurerm_search_service": _PLACED | {"sku"},
    "azurerm_redis_cache": _PLACED | {"capacity", "family", "sku_name"},
    "azurerm_kubernetes_cluster": _PLACED | {"default_node_pool"},
    "aws_vpc": set(),
    "aws_subnet": {"vpc_id"},
    "aws_security_group": set(),
    "aws_secretsmanager_secret": set(),
    "aws_iam_role": {"assume_role_policy"},
    "aws_iam_role_policy": {"policy", "role"},
    "aws_iam_policy": {"policy"},
    "aws_iam_instance_profile": set(),
    "aws_instance": {"ami", "instance_type"},
    "aws_lb": set(),
    "aws_lb_target_group": {"port", "protocol", "vpc_id"},
    "aws_lb_target_group_attachment": {"target_group_arn", "target_id"},
    "aws_lb_listener": {"default_action", "load_balancer_arn"},
    "aws_db_instance": {"instance_class"},
    "aws_db_subnet_group": {"subnet_ids"},
    "aws_rds_cluster": {"engine"},
    "aws_rds_cluster_instance": {"cluster_identifier", "engine", "instance_class"},
    "aws_vpc_security_group_ingress_rule": {"security_group_id", "ip_protocol"},
    "aws_vpc_security_group_egress_rule": {"security_group_id", "ip_protocol"},
    "aws_iam_role_policy_attachment": {"role", "policy_arn"},
    "aws_elasticache_subnet_group": {"name", "subnet_ids"},
    "aws_cloudwatch_log_group": set(),
    "aws_s3_bucket": set(),
    "aws_sqs_queue": set(),
    "aws_opensearch_domain": {"domain_name"},
    "aws_elasticache_replication_group": {"description", "replication_group_id"},
    "aws_eks_cluster": {"name", "role_arn", "vpc_config"},
    "google_compute_network": {"name"},
    "google_compute_subnetwork": {"name", "network", "ip_cidr_range"},
    "google_compute_firewall": {"name", "network"},
    "google_secret_manager_secret": {"secret_id", "replication"},
    "google_secret_manager_secret_iam_member": {"secret_id", "role", "member"},
    "google_service_account": {"account_id"},
    "google_compute_instance": {"name", "machine_type", "boot_disk", "network_interface", "zone"},
    "google_compute_instance_group": {"name"},
    "google_compute_region_health_check": {"name"},
    "google_compute_region_backend_service": {"name"},
    "google_compute_forwarding_rule": {"name"},
    "google_sql_database_instance": {"database_version", "settings"},
    "google_storage_bucket": {"name", "location"},
    "google_pubsub_topic": {"name"},
    "google_logging_project_bucket_config": {"project", "location", "bucket_id"},
    "google_redis_instance": {"name", "memory_size_gb"},
    "google_container_cluster": {"name"},
    "google_project_service": {"service"},
    "google_project_iam_member": {"project", "role", "member"},
}  # fmt: skip
INSIDE: Mapping[str, Mapping[str, set[str]]] = {
    "azurerm_network_interface": {"ip_configuration": {"name", "private_ip_address_allocation", "subnet_id"}},
    "azurerm_linux_virtual_machine": {
        "admin_ssh_key": {"username", "public_key"}, "os_disk": {"caching", "storage_account_type"},
        "identity": {"type"},
    },
    "azurerm_lb": {"frontend_ip_configuration": {"name"}},
    "azurerm_postgresql_flexible_server": {"authentication": {"tenant_id"}},
    "azurerm_kubernetes_cluster": {"default_node_pool": {"name", "vm_size"}, "identity": {"type"}},
    "aws_lb_listener": {"default_action": {"type"}},
    "aws_eks_cluster": {"vpc_config": {"subnet_ids"}},
    "google_secret_manager_secret": {
        "replication.user_managed": {"replicas"}, "replication.user_managed.replicas": {"location"},
    },
    "google_sql_database_instance": {"settings": {"tier"}}, "google_compute_firewall": {"allow": {"protocol"}},
}  # fmt: skip
_WHOM = {"cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"}
EITHER: Mapping[str, list[set[str]]] = {
    "azurerm_virtual_network": [{"address_space", "ip_address_pool"}],
    "azurerm_linux_virtual_machine": [
        {"admin_password", "admin_ssh_key"}, {"source_image_id", "source_image_reference"},
    ],
    "azurerm_postgresql_flexible_server": [{"version", "source_server_id"}, {"authentication", "administrator_login"}],
    "azurerm_kubernetes_cluster": [{"dns_prefix", "dns_prefix_private_cluster"}, {"identity", "service_principal"}],
    "aws_vpc": [{"cidr_block", "ipv4_ipam_pool_id"}],
    "aws_subnet": [{"cidr_block", "ipv4_ipam_pool_id", "ipv6_native"}],
    "aws_lb": [{"subnets", "subnet_mapping"}],
    "aws_db_instance": [
        {"allocated_storage", "replicate_source_db"}, {"engine", "replicate_source_db"},
        {"username", "replicate_source_db"},
        {"password", "password_wo", "manage_master_user_password", "replicate_source_db"},
    ],
    "aws_vpc_security_group_ingress_rule": [_WHOM],
    "aws_vpc_security_group_egress_rule": [_WHOM],
    "google_compute_firewall": [{"allow", "deny"}, {"source_ranges", "source_tags", "source_service_accounts"}],
    "aws_rds_cluster": [{"master_password", "master_password_wo", "manage_master_user_password"}],
    "aws_elasticache_replication_group": [{"node_type"}, {"num_cache_clusters", "num_node_groups"}],
    "google_compute_region_health_check": [
        {"tcp_health_check", "http_health_check", "https_health_check", "ssl_health_check", "grpc_health_check"},
    ],
}  # fmt: skip
MACHINES = {
    "azurerm_linux_virtual_machine": "size",
    "aws_instance": "instance_type",
    "google_compute_instance": "machine_type",
}
_RESOURCE = re.compile(r"(?<![\w.])(data\.)?((?:azurerm|aws|google)_[a-z0-9_]+)\.([a-z][a-z0-9_]*)")


def problems(files: Mapping[str, str], components: Mapping[str, tuple[str, int]]) -> list[str]:
    """What is wrong with an outline. `components`: name -> (product, number) of the parts that it has to make."""
    try:
        read = {path: hcl2.loads(text) for path, text in files.items() if path.endswith(".tf")}
    except Exception as error:  # whatever the parser raises on broken text
        return [f"doesn't parse: {error}"]
    return in_trees(read, components, commented(files))


def commented(files: Mapping[str, str]) -> set[str]:
    """Components that a resource is said to be made of in a comment above it."""
    text = "\n".join(files.values())
    return set(re.findall(r"# components\.([\w-]+).*\n(?:# .*\n)*resource", text))


def in_trees(
    read: Mapping[str, Any], components: Mapping[str, tuple[str, int]], above: set[str]
) -> list[str]:
    """What is wrong with files that were read; `above`: components that comments name."""
    folders: dict[str, list[Any]] = {}
    for path, tree in sorted(read.items()):
        folders.setdefault(path.rpartition("/")[0], []).append(tree)
    told: list[str] = []
    for folder, trees in folders.items():
        told += _folder(folder, trees)
    told += _modules(folders)
    return told + _model(folders, components, above)


def _bare(text: str) -> str:
    return text.strip('"')


def _blocks(trees: list[Any], kind: str) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every block of a kind: (labels, body)."""
    told: list[tuple[tuple[str, ...], Mapping[str, Any]]] = []
    for tree in trees:
        for each in tree.get(kind, []):
            labels: list[str] = []
            depth = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}.get(
                kind, 0
            )
            for _ in range(depth):
                name = next(key for key in each if not key.startswith("__"))
                labels.append(_bare(name))
                each = each[name]
            told.append((tuple(labels), each))
    return told


def _folder(folder: str, trees: list[Any]) -> list[str]:
    """Types known, required arguments there, nothing named twice, every reference leads somewhere."""
    told: list[str] = []
    known: set[str] = set()
    for kind in ("resource", "data"):
        for labels, body in _blocks(trees, kind):
            name = ("data." if kind == "data" else "") + ".".join(labels)
            if name in known:
                told.append(f"{folder}: {name} twice")
            known.add(name)
            if kind == "resource":
                if labels[0] not in REQUIRED:
                    told.append(f"{folder}: unknown type {labels[0]}")
                told += [f"{folder}: {name} lacks {key}" for key in _lacks(labels[0], body)]
    variables = {labels[0] for labels, _ in _blocks(trees, "variable")}
    modules = {labels[0] for labels, _ in _blocks(trees, "module")}
    text = json.dumps(trees)
    for data, kind, name in _RESOURCE.findall(text):
        if f"{data}{kind}.{name}" not in known:
            told.append(f"{folder}: {data}{kind}.{name} isn't there")
    told += [
        f"{folder}: var.{v} isn't declared"
        for v in sorted(set(re.findall(r"\bvar\.(\w+)", text)) - variables)
    ]
    used = set(re.findall(r"\bvar\.(\w+)", text))
    told += [f"{folder}: variable {name} isn't used" for name in sorted(variables - used)]
    told += [
        f"{folder}: module.{m} isn't there"
        for m in sorted(set(re.findall(r"\bmodule\.(\w+)", text)) - modules)
    ]
    locals_ = {key for tree in trees for each in tree.get("locals", []) for key in each}
    told += [
        f"{folder}: local.{n} isn't there" for n in sorted(set(re.findall(r"\blocal\.(\w+)", text)) - locals_)
    ]
    return told


def _lacks(kind: str, body: Mapping[str, Any]) -> list[str]:
    """Arguments that a resource has to have and hasn't."""
    told = sorted(REQUIRED.get(kind, set()) - set(body))
    told += [" or ".join(sorted(each)) for each in EITHER.get(kind, []) if not each & set(body)]
    for path, needed in INSIDE.get(kind, {}).items():
        found: list[Mapping[str, Any]] = [body]
        for word in path.split("."):
            found = [inner for each in found for inner in each.get(word, [])]
        told += [f"{path}.{key}" for each in found for key in sorted(needed - set(each))]
    return told


def _modules(folders: Mapping[str, list[Any]]) -> list[str]:
    """A module gets exactly what it declares, and gives what the root asks of it."""
    told: list[str] = []
    root = folders.get("", [])
    called: set[str] = set()
    for (name,), body in _blocks(root, "module"):
        folder = _bare(body["source"]).removeprefix("./")
        called.add(folder)
        if folder not in folders:
            told.append(f"module {name}: {folder} isn't there")
            continue
        given = {key for key in body if not key.startswith("__")} - {"source", "providers"}
        declared = {labels[0] for labels, _ in _blocks(folders[folder], "variable")}
        told += [f"module {name}: {key} is given or declared only" for key in sorted(given ^ declared)]
        outputs = {labels[0] for labels, _ in _blocks(folders[folder], "output")}
        asked = set(re.findall(rf"module\.{name}\.(\w+)", json.dumps(root)))
        told += [f"module {name}: output {key} is asked or given only" for key in sorted(asked ^ outputs)]
    told += [f"module {folder} isn't called" for folder in sorted(set(folders) - {""} - called)]
    return told


def _model(
    folders: Mapping[str, list[Any]], components: Mapping[str, tuple[str, int]], commented: set[str]
) -> list[str]:
    """Every tagged component is one of the model's; every part to be made is there, as often and as big as stated."""
    told: list[str] = []
    text = json.dumps(folders)
    tagged = set(re.findall(r"groma_component[^A-Za-z]+([\w-]+)", text))
    told += [f"{name} is no component" for name in sorted((tagged | commented) - set(components))]
    for name, (product, number) in components.items():
        if name not in tagged | commented:
            told.append(f"{name} isn't there")
        sku = product.partition("/")[2].partition("@")[0]
        for trees in folders.values():
            for (kind, label), body in _blocks(trees, "resource"):
                if label == f"{name.replace('-', '_')}_replica" and body.get("count") != number - 1:
                    told.append(f"{name}: {body.get('count')} replicas, not {number - 1}")
                if label != name.replace("-", "_"):
                    continue
                if kind in MACHINES and _bare(str(body.get(MACHINES[kind]))) != sku:
                    told.append(f"{name}: size {body.get(MACHINES[kind])} is not {sku}")
                if kind in MACHINES and str(body.get("count")) != str(number):
                    told.append(f"{name}: {body.get('count')} of it, not {number}")
                if "count" in body and str(body["count"]).isdigit() and int(body["count"]) != number:
                    told.append(f"{name}: {kind} {body['count']} times, not {number}")
    return told
