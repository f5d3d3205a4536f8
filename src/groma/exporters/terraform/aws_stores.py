"""AWS: what keeps data and stands on machines of its own (databases, searches, caches)."""

from __future__ import annotations

import re

from groma.exporters.terraform.alike import copied, named, read_from, tags
from groma.exporters.terraform.outline import Block, Output, Part, Piece, Variable, quoted


def subnet_group(kind: str, part: Part) -> Block:
    """The subnets of the network as a group for a database or a cache, which else stands in the account's own network."""
    lines = f"{named(part)}subnet_ids = values(aws_subnet.main)[*].id\n{tags(part)}"
    return Block(f'resource "{kind}" "{part.id}"', lines, part.component.name)


def aurora(part: Part, group: str) -> Piece:
    """A cluster with an instance for each replica: Aurora has no instances without one."""
    c, n = part.component, part.id
    variables = (
        Variable(f"{n}_engine", "string", "aurora-postgresql or aurora-mysql", c.name),
        Variable(f"{n}_instance_class", "string", "its size, such as db.r7g.large", c.name),
        Variable(f"{n}_username", "string", "the administrator's name in it", c.name),
    )
    blocks = (
        subnet_group("aws_db_subnet_group", part),
        Block(
            f'resource "aws_rds_cluster" "{n}"',
            f"{named(part, 'cluster_identifier')}engine = var.{n}_engine\nmaster_username = var.{n}_username\nmanage_master_user_password = true\n"
            f"db_subnet_group_name = aws_db_subnet_group.{n}.name\nvpc_security_group_ids = [aws_security_group.main.id]\n{tags(part)}",
            c.name,
        ),
        Block(
            f'resource "aws_rds_cluster_instance" "{n}"',
            f"count = {c.replicas}\n\ncluster_identifier = aws_rds_cluster.{n}.id\nengine = aws_rds_cluster.{n}.engine\n"
            f"instance_class = var.{n}_instance_class\n{tags(part)}",
            c.name,
        ),
    )
    return Piece(
        blocks,
        variables,
        (Output(f"{n}_address", f"aws_rds_cluster.{n}.endpoint", "where it is reached", c.name),),
    )


def database(part: Part, group: str) -> Piece:
    """A database; several of it are one and its read replicas, which take engine, disk, subnets and users from it.

    A password that AWS keeps (`manage_master_user_password`) isn't for a database with read replicas, but of SQL Server:
    it is handed over and kept in no state. Replicas are made from backups (docs.aws.amazon.com, "Password management
    with Amazon RDS" and "Working with DB instance read replicas").
    """
    c, n = part.component, part.id
    found = re.search(r"db\.[a-z0-9-]+\.[a-z0-9]+", part.sku)
    variables = [
        Variable(f"{n}_engine", "string", "postgres, mysql, ...", c.name),
        Variable(f"{n}_allocated_storage", "number", "the size of its disk in GiB", c.name),
        Variable(f"{n}_username", "string", "the administrator's name in it", c.name),
    ]
    size = quoted(found.group()) if found else f"var.{n}_instance_class"
    if not found:
        variables.append(Variable(f"{n}_instance_class", "string", "its size, such as db.m7g.large", c.name))
    zones = "multi_az = true\n" if "multi-az" in part.sku else ""
    several = c.replicas > 1
    secret = "manage_master_user_password = true\n"
    if several:
        secret = f"password_wo = var.{n}_password\npassword_wo_version = 1\nbackup_retention_period = var.{n}_backup_retention_period\n"
        variables += [
            Variable(f"{n}_password", "string", "the administrator's password, out of a secret store", c.name, secret=True),
            Variable(
                f"{n}_backup_retention_period", "number", "days that backups are kept: replicas are made from them", c.name,
                condition=f"var.{n}_backup_retention_period >= 1", message="Expected one day at least.",
            ),
        ]  # fmt: skip
    blocks = [
        subnet_group("aws_db_subnet_group", part),
        Block(
            f'resource "aws_db_instance" "{n}"',
            f"engine = var.{n}_engine\ninstance_class = {size}\nallocated_storage = var.{n}_allocated_storage\n{zones}"
            f"db_subnet_group_name = aws_db_subnet_group.{n}.name\nvpc_security_group_ids = [aws_security_group.main.id]\n"
            f"username = var.{n}_username\n{secret}{tags(part)}",
            c.name,
        ),
    ]
    if several:
        blocks.append(
            Block(
                f'resource "aws_db_instance" "{n}_replica"',
                f"count = {c.replicas - 1}\n\nreplicate_source_db = aws_db_instance.{n}.identifier\ninstance_class = {size}\n"
                f"vpc_security_group_ids = [aws_security_group.main.id]\n{tags(part)}",
                c.name,
            )
        )
    outputs = (
        Output(f"{n}_address", f"aws_db_instance.{n}.address", "where it is reached", c.name),
        *read_from(part, "aws_db_instance", "address"),
    )
    return Piece(tuple(blocks), tuple(variables), outputs, copied(part))


def search(part: Part, group: str) -> Piece:
    """A domain with the size of its nodes and disks: most sizes have no disk of their own."""
    c, n = part.component, part.id
    variables = (
        Variable(
            f"{n}_engine_version", "string", "the version of its engine, such as OpenSearch_2.19", c.name
        ),
        Variable(f"{n}_instance_type", "string", "the size of its nodes, such as m7g.large.search", c.name),
        Variable(f"{n}_volume_size", "number", "the size of each node's disk in GiB", c.name),
    )
    block = Block(
        f'resource "aws_opensearch_domain" "{n}"',
        f"{named(part, 'domain_name')}engine_version = var.{n}_engine_version\n{tags(part)}\n"
        f"cluster_config {{\ninstance_type = var.{n}_instance_type\ninstance_count = {c.replicas}\n}}\n\n"
        f"ebs_options {{\nebs_enabled = true\nvolume_size = var.{n}_volume_size\n}}\n",
        c.name,
    )
    return Piece((block,), variables, (Output(f"{n}_endpoint", f"aws_opensearch_domain.{n}.endpoint", "its endpoint", c.name),))  # fmt: skip


def cache(part: Part, group: str) -> Piece:
    c, n = part.component, part.id
    variables = (
        Variable(f"{n}_node_type", "string", "the size of its nodes, such as cache.m7g.large", c.name),
    )
    blocks = (
        subnet_group("aws_elasticache_subnet_group", part),
        Block(
            f'resource "aws_elasticache_replication_group" "{n}"',
            f"{named(part, 'replication_group_id')}description = {quoted(c.title or c.name)}\nnode_type = var.{n}_node_type\n"
            f"num_cache_clusters = {c.replicas}\nsubnet_group_name = aws_elasticache_subnet_group.{n}.name\n"
            f"security_group_ids = [aws_security_group.main.id]\n{tags(part)}",
            c.name,
        ),
    )
    output = f"aws_elasticache_replication_group.{n}.primary_endpoint_address"
    return Piece(blocks, variables, (Output(f"{n}_address", output, "where it is reached", c.name),))
