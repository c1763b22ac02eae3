/// `midge loadtest`: puts a load on any MQTT broker and tells what it costs that broker. Knows
/// nothing of the server's rooms, so that it measures Midge as it measures others. One event loop
/// does all the work of a run, and everything that packets touch is confined to it; the thread of
/// the command connects, waits and reports. Frames are built before a run and only numbered in it;
/// what comes back is counted where it lies, without an object for a packet.
@NullMarked
package dev.midge.load;

import org.jspecify.annotations.NullMarked;
