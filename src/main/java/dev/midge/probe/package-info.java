/// A client that goes through the front door and sees whether each listener does as it promises:
/// DNS, TCP, TLS with all there is to check, WebSocket, CONNECT, SUBSCRIBE, a message of QoS 1 that
/// comes back. Blocks, on threads of its caller; knows sockets and what a listener says of itself,
/// and no server. Uses `certs` to judge what a server shows.
@NullMarked
package dev.midge.probe;

import org.jspecify.annotations.NullMarked;
