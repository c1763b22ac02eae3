/// What tests are made of: a client that sends and expects bytes as they are written down, servers
/// to send them to, and the statements of the specification that the tests are about. Shares
/// nothing with the server but the class that starts it.
@NullMarked
package dev.midge.kit;

import org.jspecify.annotations.NullMarked;
