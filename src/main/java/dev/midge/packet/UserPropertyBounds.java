package dev.midge.packet;

/// How much a packet may have of user properties (2.2.2.2), which everything that carries it reads,
/// keeps and sends again.
///
/// @param max how many
/// @param bytesMax what they may take together as they are encoded, in bytes
public record UserPropertyBounds(int max, int bytesMax) {}
