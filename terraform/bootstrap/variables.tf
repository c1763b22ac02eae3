variable "domain" {
  description = "The name that the world will know the server by."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z0-9]$", var.domain))
    error_message = "A full name in lower case, like mqtt.example.org."
  }
}

variable "email" {
  description = "Where the authority that gives certificates can reach you; empty for nowhere."
  type        = string
  default     = ""
  validation {
    condition     = var.email == "" || can(regex("^[^@\\s]+@[^@\\s]+$", var.email))
    error_message = "An e-mail address, or an empty string."
  }
}

variable "acme_directory" {
  description = "The ACME directory that is asked for a certificate, whose terms you agree to; empty for none."
  type        = string
  default     = "letsencrypt"
  nullable    = false
  validation {
    condition     = var.acme_directory == "" || can(regex("^(letsencrypt(-staging)?|https://\\S+)$", var.acme_directory))
    error_message = "letsencrypt, letsencrypt-staging, a URL that begins with https://, or an empty string."
  }
}

variable "package_url" {
  description = "Where the machine finds the Debian package that ./midge package made."
  type        = string
  validation {
    condition     = can(regex("^(https|file)://\\S+\\.deb$", var.package_url)) && !strcontains(var.package_url, "'")
    error_message = "A URL that begins with https:// (or file://, for an image that has it) and ends with .deb."
  }
}

variable "package_sha256" {
  description = "What sha256sum says of that package."
  type        = string
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.package_sha256))
    error_message = "64 hexadecimal digits in lower case."
  }
}

variable "listeners" {
  description = "The folder of the listener files that the package was made with; that of this checkout, if left out."
  type        = string
  default     = null
}

variable "ports" {
  description = "The ports of listeners that are to have others than their files say, by name."
  type        = map(number)
  default     = { web = 80, everything = 443 }
  nullable    = false
  validation {
    condition     = alltrue([for port in values(var.ports) : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "Ports go from 1 to 65535."
  }
}

variable "profile" {
  description = "The profile: public for strangers, local for a closed network."
  type        = string
  default     = "public"
  nullable    = false
  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.profile))
    error_message = "The name of a file in listeners/profiles, without .yaml."
  }
}

variable "java_options" {
  description = "Options for the Java machine, like -Xmx1g."
  type        = string
  default     = ""
  nullable    = false
  validation {
    condition     = !can(regex("[\\n\\r]", var.java_options))
    error_message = "One line."
  }
}

variable "data_device" {
  description = "The block device for what the server keeps, formatted if it is empty; the system disk, if left out."
  type        = string
  default     = ""
  validation {
    condition     = var.data_device == "" || can(regex("^/dev/[A-Za-z0-9/_.-]+$", var.data_device))
    error_message = "A path below /dev."
  }
}

variable "admin_networks" {
  description = "The networks that may use SSH, as CIDR; none by default."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for network in var.admin_networks : can(cidrhost(network, 0))])
    error_message = "Networks like 203.0.113.0/24 or 2001:db8::/32."
  }
}
