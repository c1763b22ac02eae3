# What any provider needs to run Midge: the text for cloud-init, and what a firewall lets through.
# It makes nothing and needs no provider.

terraform {
  required_version = ">= 1.9"
}

locals {
  folder = coalesce(var.listeners, "${path.module}/../../listeners")
  files  = { for file in fileset(local.folder, "*.yaml") : file => yamldecode(file("${local.folder}/${file}")) }

  # defaults.yaml, access.yaml and bans.yaml have no port; what is bound to loopback is not for others.
  listeners = { for file, listener in local.files : listener.name => listener if can(listener.port + 0) }
  public    = { for name, listener in local.listeners : name => listener if !contains(["127", "::1", "localhost"], split(".", try(listener.bind, ""))[0]) }
  ports     = { for name, listener in local.public : name => lookup(var.ports, name, listener.port) }
  anyone    = ["0.0.0.0/0", "::/0"]

  rules = merge(
    { for name, port in local.ports : name => { port = port, networks = local.anyone } },
    length(var.admin_networks) == 0 ? {} : { ssh = { port = 22, networks = var.admin_networks } },
  )

  settings = {
    MIDGE_DATA           = "/var/lib/midge"
    MIDGE_PROFILE        = var.profile
    MIDGE_PORT           = join(",", [for name, port in var.ports : "${name}=${port}"])
    MIDGE_DOMAIN         = var.domain
    MIDGE_ACME_DIRECTORY = var.acme_directory
    MIDGE_ACME_EMAIL     = var.acme_directory == "" ? "" : var.email
    MIDGE_JAVA_OPTS      = var.java_options
  }

  user_data = join("\n", ["#cloud-config", yamlencode({
    package_update = true
    packages       = ["ca-certificates", "curl", "e2fsprogs", "unattended-upgrades"]
    write_files = [
      {
        path        = "/etc/midge/midge.env"
        permissions = "0644"
        content     = join("", [for name, value in local.settings : "${name}=${value}\n" if value != ""])
      },
      {
        path    = "/etc/sysctl.d/60-midge.conf"
        content = file("${path.module}/sysctl.conf")
      },
      {
        path        = "/usr/local/sbin/midge-install"
        permissions = "0755"
        content     = file("${path.module}/midge-install")
      },
    ]
    runcmd = [
      ["/usr/lib/systemd/systemd-sysctl", "/etc/sysctl.d/60-midge.conf"],
      ["/usr/local/sbin/midge-install", var.package_url, var.package_sha256, var.data_device],
    ]
  })])
}
