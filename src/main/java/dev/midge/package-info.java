/// Midge itself: the command line, and the wiring of all rooms into one running server. Nothing
/// else knows every room, and no rule of MQTT lives here.
@NullMarked
package dev.midge;

import org.jspecify.annotations.NullMarked;
