variables {
  domain         = "mqtt.example.org"
  email          = "operator@example.org"
  package_url    = "https://downloads.example.org/midge_0.1.0_amd64.deb"
  package_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "the_firewall_has_exactly_the_ports_of_the_listeners" {
  command = plan

  assert {
    condition     = output.rules["plain"].port == 1883 && output.rules["tls"].port == 8883
    error_message = "A listener has the port that its file says."
  }
  assert {
    condition     = output.rules["web"].port == 80 && output.rules["everything"].port == 443
    error_message = "A listener has the port that is chosen for it."
  }
  assert {
    condition     = !contains([for rule in output.rules : rule.port], 8000) && !contains([for rule in output.rules : rule.port], 8443)
    error_message = "The ports in the files of those are closed."
  }
  assert {
    condition     = !contains(keys(output.rules), "operator") && !contains(keys(output.rules), "ssh")
    error_message = "What is bound to loopback is not opened, and neither is SSH if nobody may use it."
  }
  assert {
    condition     = length(output.rules) == length(fileset("../../listeners", "[0-9]*.yaml")) - 1
    error_message = "Each other listener is open."
  }
  assert {
    condition     = alltrue([for rule in output.rules : contains(rule.networks, "0.0.0.0/0") && contains(rule.networks, "::/0")])
    error_message = "They are open to everybody, over IPv4 and IPv6."
  }
}

run "the_machine_is_told_what_to_be" {
  command = plan

  assert {
    condition     = startswith(output.user_data, "#cloud-config\n")
    error_message = "cloud-init knows its text by the first line."
  }
  assert {
    condition = yamldecode(output.user_data).write_files[0].content == join("", [
      "MIDGE_ACME_DIRECTORY=letsencrypt\n",
      "MIDGE_ACME_EMAIL=operator@example.org\n",
      "MIDGE_DATA=/var/lib/midge\n",
      "MIDGE_DOMAIN=mqtt.example.org\n",
      "MIDGE_PORT=everything=443,web=80\n",
      "MIDGE_PROFILE=public\n",
    ])
    error_message = "The options of the server are those that were chosen."
  }
  assert {
    condition     = join(" ", yamldecode(output.user_data).runcmd[1]) == "/usr/local/sbin/midge-install ${var.package_url} ${var.package_sha256} "
    error_message = "The package is installed."
  }
}

run "who_administers_may_use_ssh" {
  command = plan
  variables {
    admin_networks = ["203.0.113.0/24", "2001:db8::/32"]
  }

  assert {
    condition     = output.rules["ssh"].port == 22 && length(output.rules["ssh"].networks) == 2
    error_message = "SSH is open to these networks."
  }
}

run "without_an_authority_no_port_80_is_needed" {
  command = plan
  variables {
    acme_directory = ""
    ports          = {}
  }

  assert {
    condition     = output.rules["web"].port == 8000 && !strcontains(output.user_data, "MIDGE_ACME") && !strcontains(output.user_data, "MIDGE_PORT")
    error_message = "All is as the files say."
  }
}

run "mistakes_are_told_before_anything_is_made" {
  command = plan
  variables {
    domain         = "example"
    email          = "nobody"
    acme_directory = "letsdecrypt"
    package_url    = "http://example.org/midge.deb"
    package_sha256 = "ABC"
    ports          = { web = 0 }
    profile        = "../public"
    java_options   = "-Xmx1g\nrm"
    data_device    = "sdb"
    admin_networks = ["home"]
  }
  expect_failures = [
    var.domain, var.email, var.acme_directory, var.package_url, var.package_sha256, var.ports, var.profile,
    var.java_options, var.data_device, var.admin_networks,
  ]
}

run "a_listener_that_is_not_there_is_a_mistake" {
  command = plan
  variables {
    ports = { web = 80, wbe = 81 }
  }
  expect_failures = [output.user_data]
}

run "one_port_twice_is_a_mistake" {
  command = plan
  variables {
    ports = { web = 80, everything = 80 }
  }
  expect_failures = [output.user_data]
}

run "a_certificate_needs_port_80" {
  command = plan
  variables {
    ports = {}
  }
  expect_failures = [output.user_data]
}

run "no_listeners_is_a_mistake" {
  command = plan
  variables {
    listeners = "."
    ports     = {}
  }
  expect_failures = [output.user_data]
}
