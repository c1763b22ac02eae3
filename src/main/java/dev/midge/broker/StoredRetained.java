package dev.midge.broker;

import dev.midge.packet.Message;

/// A retained message as an earlier process kept it.
///
/// @param address whose share it takes, as [Shares#address] has it; empty if that is not known
public record StoredRetained(Message message, String address) {}
