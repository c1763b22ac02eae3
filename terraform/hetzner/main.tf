# A public Midge on Hetzner Cloud.

terraform {
  required_version = ">= 1.9"
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = ">= 1.56"
    }
  }
}

module "bootstrap" {
  source         = "../bootstrap"
  domain         = "${var.host}.${var.zone}"
  email          = var.email
  package_url    = var.package_url
  package_sha256 = var.package_sha256
  data_device    = "/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.data.id}"
  admin_networks = var.admin_networks
  acme_directory = var.options.acme_directory
  java_options   = var.options.java_options
  ports          = var.options.ports
  profile        = var.options.profile
}

resource "hcloud_volume" "data" {
  name              = "${var.host}-data"
  location          = var.location
  size              = var.data_gigabytes
  delete_protection = true
}

resource "hcloud_firewall" "midge" {
  name = var.host

  dynamic "rule" {
    for_each = module.bootstrap.rules
    content {
      description = rule.key
      direction   = "in"
      protocol    = "tcp"
      port        = tostring(rule.value.port)
      source_ips  = rule.value.networks
    }
  }

  rule {
    description = "ping"
    direction   = "in"
    protocol    = "icmp"
    source_ips  = ["0.0.0.0/0", "::/0"]
  }
}

resource "hcloud_server" "midge" {
  name         = var.host
  server_type  = var.server_type
  location     = var.location
  image        = "debian-12"
  ssh_keys     = var.ssh_keys
  user_data    = module.bootstrap.user_data
  firewall_ids = [hcloud_firewall.midge.id]
  # Daily, the last seven are kept. What is on the volume is in them by midge-backup.timer.
  backups = true

  public_net {
    ipv4_enabled = true
    ipv6_enabled = true
  }
}

resource "hcloud_volume_attachment" "data" {
  server_id = hcloud_server.midge.id
  volume_id = hcloud_volume.data.id
  automount = false
}

resource "hcloud_zone_record" "midge" {
  for_each = {
    A    = hcloud_server.midge.ipv4_address
    AAAA = hcloud_server.midge.ipv6_address
  }
  zone  = var.zone
  name  = var.host
  type  = each.key
  value = each.value
}

output "addresses" {
  description = "Where the server is."
  value       = [hcloud_server.midge.ipv4_address, hcloud_server.midge.ipv6_address]
}
