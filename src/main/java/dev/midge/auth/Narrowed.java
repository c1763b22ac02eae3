package dev.midge.auth;

import dev.midge.broker.Permission;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;

/// What two permissions both allow. One loop at a time.
record Narrowed(Permission one, Permission other) implements Permission {
  @Override
  public boolean mayWrite(TopicName topic) {
    return one.mayWrite(topic) && other.mayWrite(topic);
  }

  @Override
  public boolean mayRead(TopicName topic) {
    return one.mayRead(topic) && other.mayRead(topic);
  }

  @Override
  public boolean mightRead(TopicName topic) {
    return one.mightRead(topic) && other.mightRead(topic);
  }

  @Override
  public long subscriptionSeconds(TopicFilter filter) {
    return Math.min(one.subscriptionSeconds(filter), other.subscriptionSeconds(filter));
  }
}
