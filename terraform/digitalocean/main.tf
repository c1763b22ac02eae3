# A public Midge on DigitalOcean.

terraform {
  required_version = ">= 1.9"
  required_providers {
    digitalocean = {
      source  = "digitalocean/digitalocean"
      version = ">= 2.40"
    }
  }
}

module "bootstrap" {
  source         = "../bootstrap"
  domain         = "${var.host}.${var.zone}"
  email          = var.email
  package_url    = var.package_url
  package_sha256 = var.package_sha256
  data_device    = "/dev/disk/by-id/scsi-0DO_Volume_${digitalocean_volume.data.name}"
  admin_networks = var.admin_networks
  acme_directory = var.options.acme_directory
  java_options   = var.options.java_options
  ports          = var.options.ports
  profile        = var.options.profile
}

resource "digitalocean_volume" "data" {
  name   = "${var.host}-data"
  region = var.region
  size   = var.data_gigabytes

  lifecycle {
    prevent_destroy = true
  }
}

resource "digitalocean_droplet" "midge" {
  name       = "${var.host}.${var.zone}"
  region     = var.region
  size       = var.size
  image      = "debian-12-x64"
  ipv6       = true
  monitoring = true
  ssh_keys   = var.ssh_keys
  user_data  = module.bootstrap.user_data
  # What is on the volume is in them by midge-backup.timer.
  backups = true
}

resource "digitalocean_volume_attachment" "data" {
  droplet_id = digitalocean_droplet.midge.id
  volume_id  = digitalocean_volume.data.id
}

resource "digitalocean_firewall" "midge" {
  name        = var.host
  droplet_ids = [digitalocean_droplet.midge.id]

  dynamic "inbound_rule" {
    for_each = module.bootstrap.rules
    content {
      protocol         = "tcp"
      port_range       = tostring(inbound_rule.value.port)
      source_addresses = inbound_rule.value.networks
    }
  }

  inbound_rule {
    protocol         = "icmp"
    source_addresses = ["0.0.0.0/0", "::/0"]
  }

  dynamic "outbound_rule" {
    for_each = toset(["tcp", "udp"])
    content {
      protocol              = outbound_rule.key
      port_range            = "1-65535"
      destination_addresses = ["0.0.0.0/0", "::/0"]
    }
  }
}

resource "digitalocean_record" "midge" {
  for_each = {
    A    = digitalocean_droplet.midge.ipv4_address
    AAAA = digitalocean_droplet.midge.ipv6_address
  }
  domain = var.zone
  name   = var.host
  type   = each.key
  value  = each.value
  ttl    = 300
}

output "addresses" {
  description = "Where the server is."
  value       = [digitalocean_droplet.midge.ipv4_address, digitalocean_droplet.midge.ipv6_address]
}
