# The addresses, and the name for them.

resource "aws_eip" "midge" {
  domain   = "vpc"
  instance = aws_instance.midge.id
}

resource "aws_route53_record" "midge" {
  for_each = {
    A    = aws_eip.midge.public_ip
    AAAA = aws_instance.midge.ipv6_addresses[0]
  }
  zone_id = var.zone_id
  name    = "${var.host}.${var.zone}"
  type    = each.key
  ttl     = 300
  records = [each.value]
}

output "addresses" {
  description = "Where the server is."
  value       = [aws_eip.midge.public_ip, aws_instance.midge.ipv6_addresses[0]]
}
