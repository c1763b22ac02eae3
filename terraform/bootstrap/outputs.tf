output "user_data" {
  description = "What the machine is given for cloud-init."
  value       = local.user_data

  precondition {
    condition     = length(local.ports) > 0
    error_message = "There is no listener for others in ${local.folder}."
  }
  precondition {
    condition     = length(setsubtract(keys(var.ports), keys(local.listeners))) == 0
    error_message = "There is no listener with this name: ${join(", ", setsubtract(keys(var.ports), keys(local.listeners)))}."
  }
  precondition {
    condition     = length(distinct(values(local.ports))) == length(local.ports)
    error_message = "Two listeners would have the same port."
  }
  precondition {
    condition     = !contains(values(local.ports), 22) || length(var.admin_networks) == 0
    error_message = "Port 22 is for SSH."
  }
  precondition {
    condition     = var.acme_directory == "" || contains(values(local.ports), 80)
    error_message = "The authority proves the name at port 80, which no listener has."
  }
  precondition {
    condition     = length(local.user_data) <= 16384
    error_message = "No provider takes more than 16 KiB."
  }
}

output "rules" {
  description = "What a firewall lets through, by name: each a TCP port, and the networks that may use it."
  value       = local.rules
}
