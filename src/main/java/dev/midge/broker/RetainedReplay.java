package dev.midge.broker;

import dev.midge.topic.RetainedIndex;
import dev.midge.topic.Subscription;

/// The retained messages that one new subscription asked for, sent as the client takes them.
///
/// @param subscription the subscription alone, whatever others of the client match as well
record RetainedReplay(RetainedIndex.Cursor cursor, Subscription subscription) {}
