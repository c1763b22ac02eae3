/// `midge pub` and `midge sub`: clients on the command line with the options, formats and exit
/// statuses of mosquitto_pub and mosquitto_sub, on top of a client library. Uses no other room:
/// what they say to a server they say over a socket, and to any server.
@NullMarked
package dev.midge.client;

import org.jspecify.annotations.NullMarked;
