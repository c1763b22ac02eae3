variable "host" {
  description = "The first part of the server's name: mqtt of mqtt.example.org."
  type        = string
  default     = "mqtt"
}

variable "zone" {
  description = "The rest of it, a zone that this account serves."
  type        = string
}

variable "email" {
  description = "Where the authority that gives certificates can reach you."
  type        = string
  default     = ""
}

variable "package_url" {
  description = "Where the machine finds the Debian package that ./midge package made."
  type        = string
}

variable "package_sha256" {
  description = "What sha256sum says of that package."
  type        = string
}

variable "admin_networks" {
  description = "The networks that may use SSH, as CIDR."
  type        = list(string)
  default     = []
}

variable "data_gigabytes" {
  description = "The size of the volume for what the server keeps."
  type        = number
  default     = 10
  validation {
    condition     = var.data_gigabytes >= 10 && floor(var.data_gigabytes) == var.data_gigabytes
    error_message = "A whole number, 10 or more."
  }
}

variable "options" {
  description = "What else may be said to bootstrap, which has a default for each."
  type = object({
    acme_directory = optional(string)
    java_options   = optional(string)
    ports          = optional(map(number))
    profile        = optional(string)
  })
  default = {}
}

variable "ssh_keys" {
  description = "The names of the keys that SSH takes."
  type        = list(string)
  default     = []
}

variable "location" {
  description = "Where the machine is."
  type        = string
  default     = "fsn1"
}

variable "server_type" {
  description = "The kind of machine: two processors and 4 GB are plenty."
  type        = string
  default     = "cx23"
}
