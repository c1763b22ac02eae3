/// The client commands, run in this process against servers in this process, and against
/// mosquitto's own.
@NullMarked
package dev.midge.client;

import org.jspecify.annotations.NullMarked;
