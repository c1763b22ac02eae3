/// The listeners: what their files in `listeners/` say, read strictly, and the sockets that they
/// open. Owns the event loops and all connections on them. Uses `broker` for the rules, `codec` for
/// the bytes, `certs` for the certificates; Netty pipelines are known here only.
@NullMarked
package dev.midge.listener;

import org.jspecify.annotations.NullMarked;
