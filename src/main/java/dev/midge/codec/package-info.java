/// Bytes to packets and back, for all three versions in one place: the shape is MQTT 5.0, older
/// versions are read into it and written narrowed. Decoding works on a heap array in place,
/// encoding on a Netty buffer. Confined to one event loop; knows packets, not rules.
@NullMarked
package dev.midge.codec;

import org.jspecify.annotations.NullMarked;
