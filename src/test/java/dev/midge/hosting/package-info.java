/// What hosts Midge: packages, the unit of systemd, Terraform and cloud-init, each tried for real.
@NullMarked
package dev.midge.hosting;

import org.jspecify.annotations.NullMarked;
