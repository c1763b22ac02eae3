# A public Midge on AWS, in a subnet with IPv4 and IPv6. snapshots.tf keeps copies of its volumes.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

module "bootstrap" {
  source         = "../bootstrap"
  domain         = "${var.host}.${var.zone}"
  email          = var.email
  package_url    = var.package_url
  package_sha256 = var.package_sha256
  data_device    = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${replace(aws_ebs_volume.data.id, "-", "")}"
  admin_networks = var.admin_networks
  acme_directory = var.options.acme_directory
  java_options   = var.options.java_options
  ports          = var.options.ports
  profile        = var.options.profile
}

locals {
  # A rule of AWS is for one network.
  rules = merge([
    for name, rule in module.bootstrap.rules : {
      for network in rule.networks : "${name} ${network}" => { port = rule.port, network = network }
    }
  ]...)
}

data "aws_subnet" "midge" {
  id = var.subnet_id
}

resource "aws_security_group" "midge" {
  name   = var.host
  vpc_id = data.aws_subnet.midge.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "midge" {
  for_each          = local.rules
  security_group_id = aws_security_group.midge.id
  description       = each.key
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = strcontains(each.value.network, ":") ? null : each.value.network
  cidr_ipv6         = strcontains(each.value.network, ":") ? each.value.network : null
}

resource "aws_vpc_security_group_egress_rule" "midge" {
  for_each          = toset(["0.0.0.0/0", "::/0"])
  security_group_id = aws_security_group.midge.id
  ip_protocol       = "-1"
  cidr_ipv4         = each.key == "::/0" ? null : each.key
  cidr_ipv6         = each.key == "::/0" ? each.key : null
}

resource "aws_ebs_volume" "data" {
  availability_zone = data.aws_subnet.midge.availability_zone
  size              = var.data_gigabytes
  type              = "gp3"
  encrypted         = true
  tags              = local.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_instance" "midge" {
  ami                    = var.ami
  instance_type          = var.instance_type
  subnet_id              = var.subnet_id
  ipv6_address_count     = 1
  key_name               = var.key_name
  vpc_security_group_ids = [aws_security_group.midge.id]
  user_data              = module.bootstrap.user_data
  tags                   = local.tags
  volume_tags            = local.tags

  user_data_replace_on_change = true # cloud-init runs once on a machine.

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.midge.id
  volume_id   = aws_ebs_volume.data.id
}
