package dev.midge.config;

import static java.util.stream.Collectors.joining;

import java.util.List;

/// Thrown when the configuration does not allow a start. Its message has a line per problem.
public final class InvalidConfiguration extends RuntimeException {

  private static final long serialVersionUID = 1;

  InvalidConfiguration(List<ConfigurationProblem> problems) {
    super(problems.stream().map(ConfigurationProblem::toString).collect(joining("\n")));
  }
}
