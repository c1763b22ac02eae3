/// What MQTT says: the packets of 3.1, 3.1.1 and 5.0 as values in the shape of MQTT 5.0, their
/// properties, reason codes and topics. Owns no state, knows no bytes on a wire beyond the encoded
/// form of properties, and uses nothing but the JDK.
@NullMarked
package dev.midge.packet;

import org.jspecify.annotations.NullMarked;
