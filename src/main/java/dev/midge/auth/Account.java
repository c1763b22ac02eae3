package dev.midge.auth;

import org.jspecify.annotations.Nullable;

/// Somebody whom the server knows.
///
/// @param policy the name of the rules for it
/// @param password what is kept of its password
/// @param scram the same for SCRAM, or null when it cannot be used
record Account(String policy, PasswordHash password, @Nullable ScramCredentials scram) {}
