/// What tests are made of: a client that sends and expects bytes as they are written down, servers
/// to send them to, the table of packets and what they mean, and the statements of the
/// specification that the tests are about. Shares nothing with the server but the class that starts
/// it, and the packets that [PacketText] writes down.
@NullMarked
package dev.midge.kit;

import org.jspecify.annotations.NullMarked;
