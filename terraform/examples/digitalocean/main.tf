# mqtt.example.org: replace each value by yours, then terraform init and terraform apply.

provider "digitalocean" {}

module "midge" {
  source         = "../../digitalocean"
  host           = "mqtt"
  zone           = "example.org"
  email          = "operator@example.org"
  package_url    = "https://downloads.example.org/midge_0.1.0_amd64.deb"
  package_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
  admin_networks = ["203.0.113.7/32"]
  ssh_keys       = ["3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa"]
}

output "addresses" {
  value = module.midge.addresses
}
