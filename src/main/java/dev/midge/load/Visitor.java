package dev.midge.load;

import io.netty.buffer.ByteBuf;

/// A client that only comes to see whether it is let in. Loop thread only.
final class Visitor extends Client {
  Visitor(byte[] connect, Watcher watcher) {
    super(connect, watcher);
  }

  @Override
  void accepted() {
    ready();
  }

  @Override
  void published(ByteBuf in, int firstByte, int bodyAt, int end) {}

  @Override
  void answered(int type, int packetId) {}
}
