# mqtt.example.org: replace each value by yours, then terraform init and terraform apply.

provider "hcloud" {}

module "midge" {
  source         = "../../hetzner"
  host           = "mqtt"
  zone           = "example.org"
  email          = "operator@example.org"
  package_url    = "https://downloads.example.org/midge_0.1.0_amd64.deb"
  package_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
  admin_networks = ["203.0.113.7/32"]
  ssh_keys       = ["operator"]
}

output "addresses" {
  value = module.midge.addresses
}
