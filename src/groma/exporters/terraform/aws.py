"""AWS (provider `aws`): the ground of a region, and a piece for each kind of thing that runs there.

Arguments after the pages of the provider (registry.terraform.io/providers/hashicorp/aws, version 5).
"""

from __future__ import annotations

import re
from dataclasses import replace

from groma.exporters.terraform.alike import Make, address_range, alone, named, port, tags, within
from groma.exporters.terraform.aws_stores import aurora, cache, database, search
from groma.exporters.terraform.outline import Block, Output, Part, Piece, Variable, quoted

PROVIDER, SOURCE, VERSION = "aws", "hashicorp/aws", ">= 5.0, < 6.0"
REGION = "region"


def configuration(region: str) -> str:
    """The body of the provider block."""
    return f"region = {quoted(region)}\n"


def configured() -> tuple[Variable, ...]:
    return ()


def ground(group: str, *, network: bool, secrets: tuple[str, ...]) -> Piece:
    """Network where something needs one; a secret without a value for each that something reads."""
    blocks: list[Block] = []
    variables: tuple[Variable, ...] = ()
    if network:
        variables = (
            address_range(f"{group}_cidr_block"),
            Variable(f"{group}_subnets", "map(string)", "availability zone -> address range of its subnet (CIDR); databases and clusters need two",
                     condition=f"length(var.{group}_subnets) > 0", message="Expected one subnet at least."),
        )  # fmt: skip
        blocks += [
            Block('resource "aws_vpc" "main"', f"cidr_block = var.{group}_cidr_block\ntags = var.tags\n"),
            Block(
                'resource "aws_subnet" "main"',
                f"for_each = var.{group}_subnets\n\nvpc_id = aws_vpc.main.id\navailability_zone = each.key\n"
                "cidr_block = each.value\ntags = var.tags\n",
            ),
            Block('resource "aws_security_group" "main"', 'name = "${var.system}-parts"\nvpc_id = aws_vpc.main.id\ntags = var.tags\n'),
            Block(
                'resource "aws_vpc_security_group_ingress_rule" "main"',
                'security_group_id = aws_security_group.main.id\ncidr_ipv4 = aws_vpc.main.cidr_block\nip_protocol = "-1"\ntags = var.tags\n',
            ),
            Block(
                'resource "aws_vpc_security_group_egress_rule" "main"',
                'security_group_id = aws_security_group.main.id\ncidr_ipv4 = "0.0.0.0/0"\nip_protocol = "-1"\ntags = var.tags\n',
            ),
        ]  # fmt: skip
    blocks += [
        Block(
            f'resource "aws_secretsmanager_secret" "{name}"',
            f'name = "${{var.system}}/{name}"\ntags = merge(var.tags, {{ groma_secret_of = {quoted(name)} }})\n',
        )
        for name in secrets
    ]
    return Piece(tuple(blocks), variables, (), (within(group),) if network else ())


def secret(name: str) -> str:
    return f"aws_secretsmanager_secret.{name}.arn"


def _role(part: Part, service: str) -> list[Block]:
    c, n = part.component, part.id
    blocks = [
        Block(
            f'data "aws_iam_policy_document" "{n}_trust"',
            f'statement {{\nactions = ["sts:AssumeRole"]\n\nprincipals {{\ntype = "Service"\nidentifiers = ["{service}"]\n}}\n}}\n',
            c.name,
        ),
        Block(
            f'resource "aws_iam_role" "{n}"',
            f"{named(part)}assume_role_policy = data.aws_iam_policy_document.{n}_trust.json\n{tags(part)}",
            c.name,
        ),
    ]
    blocks += [
        Block(
            f'resource "aws_iam_role_policy_attachment" "{n}_{name}"',
            f"role = aws_iam_role.{n}.name\npolicy_arn = aws_iam_policy.{name}.arn\n", c.name,
        )
        for name in part.models
    ]  # fmt: skip
    if part.reaches:
        listed = "".join(f"{secret(name)},\n" for name in part.reaches)
        blocks += [
            Block(
                f'data "aws_iam_policy_document" "{n}_secrets"',
                f'statement {{\nactions = ["secretsmanager:GetSecretValue"]\nresources = [\n{listed}]\n}}\n', c.name,
            ),
            Block(
                f'resource "aws_iam_role_policy" "{n}_secrets"',
                f'name = "secrets"\nrole = aws_iam_role.{n}.id\npolicy = data.aws_iam_policy_document.{n}_secrets.json\n', c.name,
            ),
        ]  # fmt: skip
    return blocks


def machine(part: Part, group: str) -> Piece:
    """Instances with a role of their own, and a load balancer before several."""
    c, n = part.component, part.id
    variables = [Variable(f"{n}_image_id", "string", "the machine image (AMI) that is started", c.name)]
    subnets = "values(aws_subnet.main)[*].id"
    blocks = [
        *_role(part, "ec2.amazonaws.com"),
        Block(f'resource "aws_iam_instance_profile" "{n}"', f'{named(part)}role = aws_iam_role.{n}.name\n{tags(part)}', c.name),
        Block(
            f'resource "aws_instance" "{n}"',
            f"count = {c.replicas}\n\nami = var.{n}_image_id\ninstance_type = {quoted(part.sku)}\n"
            f"subnet_id = element({subnets}, count.index)\nvpc_security_group_ids = [aws_security_group.main.id]\n"
            f"iam_instance_profile = aws_iam_instance_profile.{n}.name\n{tags(part)}", c.name,
        ),
    ]  # fmt: skip
    if c.replicas > 1:
        variables.append(port(part))
        blocks += [
            Block(
                f'resource "aws_lb" "{n}"',
                f'name = "{part.dashed[:32].rstrip("-")}"\ninternal = true\nload_balancer_type = "network"\nsubnets = {subnets}\n{tags(part)}',
                c.name,
            ),
            Block(
                f'resource "aws_lb_target_group" "{n}"',
                f'name = "{part.dashed[:32].rstrip("-")}"\nport = var.{n}_port\nprotocol = "TCP"\nvpc_id = aws_vpc.main.id\n{tags(part)}',
                c.name,
            ),
            Block(
                f'resource "aws_lb_target_group_attachment" "{n}"',
                f"count = {c.replicas}\n\ntarget_group_arn = aws_lb_target_group.{n}.arn\ntarget_id = aws_instance.{n}[count.index].id\n",
                c.name,
            ),
            Block(
                f'resource "aws_lb_listener" "{n}"',
                f'load_balancer_arn = aws_lb.{n}.arn\nport = var.{n}_port\nprotocol = "TCP"\n{tags(part)}\n'
                f'default_action {{\ntype = "forward"\ntarget_group_arn = aws_lb_target_group.{n}.arn\n}}\n',
                c.name,
            ),
        ]
    return Piece(tuple(blocks), tuple(variables), (Output(f"{n}_addresses", f"aws_instance.{n}[*].private_ip", "addresses of its machines", c.name),))  # fmt: skip


def cluster(part: Part, group: str) -> Piece:
    """A cluster whose role is that of its control plane: what runs on it reads secrets and calls models by roles of its own."""
    c, n = part.component, part.id
    blocks = (
        *_role(replace(part, reaches=(), models=()), "eks.amazonaws.com"),
        Block(
            f'resource "aws_iam_role_policy_attachment" "{n}"',
            f'role = aws_iam_role.{n}.name\npolicy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"\n',
            c.name,
        ),
        Block(
            f'resource "aws_eks_cluster" "{n}"',
            f"{named(part)}role_arn = aws_iam_role.{n}.arn\n{tags(part)}\n"
            "vpc_config {\nsubnet_ids = values(aws_subnet.main)[*].id\n}\n\n"
            f"depends_on = [aws_iam_role_policy_attachment.{n}]\n",
            c.name,
        ),
    )
    outputs = (Output(f"{n}_address", f"aws_eks_cluster.{n}.endpoint", "where it is reached", c.name),)
    return Piece(
        blocks, (), outputs, (f"{c.name} is a cluster without nodes: the model doesn't say their size.",)
    )


def model(part: Part, group: str) -> Piece:
    """The permission to call one model of Bedrock; an inference profile asks for the models behind it as well."""
    c, n = part.component, part.id
    profile = re.match(r"(?:us-gov|eu|us|apac|jp|au|ca|global)\.(.+)", part.sku)
    blocks: list[Block] = []
    if profile:
        blocks.append(Block('data "aws_caller_identity" "current"', ""))
        models = [
            f'"arn:aws:bedrock:${{var.region}}:${{data.aws_caller_identity.current.account_id}}:inference-profile/{part.sku}"',
            f'"arn:aws:bedrock:*::foundation-model/{profile.group(1)}"',
        ]
    else:
        models = [f'"arn:aws:bedrock:${{var.region}}::foundation-model/{part.sku}"']
    listed = "".join(f"{name},\n" for name in models)
    blocks += [
        Block(
            f'data "aws_iam_policy_document" "{n}"',
            'statement {\nactions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]\n'
            f"resources = [\n{listed}]\n}}\n",
            c.name,
        ),
        Block(
            f'resource "aws_iam_policy" "{n}"',
            f'{named(part)}policy = data.aws_iam_policy_document.{n}.json\n{tags(part)}', c.name,
        ),
    ]  # fmt: skip
    return Piece(tuple(blocks), (), (Output(f"{n}_policy", f"aws_iam_policy.{n}.arn", "who may call it has this policy", c.name),))  # fmt: skip


SERVICES = {
    "rds": "database",
    "rds-aurora": "aurora",
    "cloudwatch": "logs",
    "s3": "storage",
    "sqs": "queue",
    "opensearch": "search",
    "elasticache": "cache",
    "eks": "cluster",
}
MAKE: dict[str, Make] = {
    "machine": machine,
    "database": database,
    "aurora": aurora,
    "search": search,
    "cache": cache,
    "cluster": cluster,
    "model": model,
    "logs": alone(
        "aws_cloudwatch_log_group", ("arn", "arn", "its arn"), tags,
        asked=(("retention_in_days", "number", "how long what is logged is kept"),),
    ),
    "storage": alone(
        "aws_s3_bucket", ("arn", "arn", "its arn"), tags, called="",
        asked=(("bucket", "string", "a name that no other bucket has"),),
    ),
    "queue": alone("aws_sqs_queue", ("url", "url", "its url"), tags),
}  # fmt: skip
NETWORKED = frozenset({"machine", "cluster", "database", "aurora", "cache"})
