package dev.midge.listener;

import dev.midge.config.ConfigurationProblem;

/// Thrown when a listener cannot open its port. The message is one for the user.
public final class BindFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  BindFailure(ConfigurationProblem problem, Throwable cause) {
    super(problem.toString(), cause);
  }
}
