/// What was, for charts: figures of the last hour, day and week, and whether each listener
/// answered, in files that never grow and outlive the process. Knows numbers, names and times, and
/// not what they mean. Uses no other room.
@NullMarked
package dev.midge.history;

import org.jspecify.annotations.NullMarked;
