package dev.midge.listener;

import dev.midge.config.ConfigurationProblem;
import dev.midge.config.Place;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// The ports that are open. Opened and closed by one thread.
public final class Listeners implements AutoCloseable {

  private static final int FIRST_UNPRIVILEGED_PORT = 1024;

  private final NettyLoops loops;
  private final InetAddress address;
  private final List<Channel> channels = new ArrayList<>();
  private final List<Endpoint> endpoints = new ArrayList<>();

  /// No port is open yet.
  ///
  /// @param loops the loops that will serve the connections
  /// @param address the address to open ports at, or the wildcard address for all there are
  public Listeners(NettyLoops loops, InetAddress address) {
    this.loops = loops;
    this.address = address;
  }

  /// Opens a listener.
  ///
  /// @param port the port to bind, or 0 for any that is free
  /// @throws BindFailure if the port cannot be opened
  public void open(ListenerSpec spec, int port) {
    boolean isWebSocket = spec.transport() == Transport.WEBSOCKET;
    List<String> paths = isWebSocket ? spec.websocketPaths() : List.of();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new MqttPipeline(loops, spec.limits(), spec.connectionsMax(), paths))
            .bind(new InetSocketAddress(address, port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new BindFailure(problem(spec, port, bound.cause()), bound.cause());
    }
    Channel channel = bound.channel();
    channels.add(channel);
    endpoints.add(
        new Endpoint(
            spec.name(),
            spec.summary(),
            spec.transport(),
            address.isAnyLocalAddress() ? "localhost" : address.getHostAddress(),
            ((InetSocketAddress) channel.localAddress()).getPort(),
            isWebSocket ? paths.getFirst() : "",
            spec.limits().anonymous()));
  }

  /// The open listeners, in the order in which they were opened.
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /// Closes all ports; connections stay.
  @Override
  public void close() {
    channels.forEach(channel -> channel.close().awaitUninterruptibly());
  }

  private ConfigurationProblem problem(ListenerSpec spec, int port, Throwable cause) {
    String words = String.valueOf(cause.getMessage());
    if (words.contains("in use")) {
      return new ConfigurationProblem(
          spec.portPlace(),
          "port " + port + " is taken by another program",
          "Stop that program, or move all ports with --port-offset N or --random-ports.");
    }
    if (words.contains("denied") && port < FIRST_UNPRIVILEGED_PORT) {
      return new ConfigurationProblem(
          spec.portPlace(),
          "port " + port + " is open to the administrator only",
          "Move all ports above 1023 with --port-offset N or --random-ports.");
    }
    if (words.contains("assign requested address")) {
      return new ConfigurationProblem(
          new Place("--bind", 0),
          "this machine does not have the address " + address.getHostAddress(),
          "Leave --bind out for all addresses.");
    }
    return new ConfigurationProblem(
        spec.portPlace(), "port " + port + " cannot be opened: " + words, "");
  }
}
