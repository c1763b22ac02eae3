# mqtt.example.org: replace each value by yours, then terraform init and terraform apply.

provider "aws" {
  region = "eu-central-1"
}

module "midge" {
  source         = "../../aws"
  host           = "mqtt"
  zone           = "example.org"
  email          = "operator@example.org"
  package_url    = "https://downloads.example.org/midge_0.1.0_amd64.deb"
  package_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
  admin_networks = ["203.0.113.7/32"]
  zone_id        = "Z0123456789ABCDEFGHIJ"
  subnet_id      = "subnet-0123456789abcdef0"
  ami            = "ami-0123456789abcdef0"
  key_name       = "operator"
}

output "addresses" {
  value = module.midge.addresses
}
