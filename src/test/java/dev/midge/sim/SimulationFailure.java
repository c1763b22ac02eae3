package dev.midge.sim;

/// The broker did what it must not do, or did not do what it must. An error, so that the broker
/// does not take it for a failure of its own.
final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  SimulationFailure(String message) {
    super(message);
  }

  SimulationFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
