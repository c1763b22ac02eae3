package dev.midge;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// What a server asks of the machine that it runs on; a test has one of its own.
///
/// @param nanoClock the time that rates are counted by, in nanoseconds since some moment
/// @param memoryFullness what part of the memory is taken by what is still of use, 0 to 1
public record Machine(LongSupplier nanoClock, DoubleSupplier memoryFullness) {
  /// The one that this process runs on.
  public static final Machine THIS = new Machine(System::nanoTime, MemoryWatch::heapFullness);
}
