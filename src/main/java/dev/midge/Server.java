package dev.midge;

import dev.midge.broker.Authenticator;
import dev.midge.broker.Authorizer;
import dev.midge.broker.Broker;
import dev.midge.broker.RetainedLog;
import dev.midge.broker.SessionLog;
import dev.midge.listener.BindFailure;
import dev.midge.listener.Endpoint;
import dev.midge.listener.EndpointFiles;
import dev.midge.listener.ListenerSpec;
import dev.midge.listener.Listeners;
import dev.midge.listener.LoadedListeners;
import dev.midge.listener.NettyLoops;
import dev.midge.observe.ConnectionLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.List;

/// A running server: all rooms wired, without Quarkus and without a command line, so that a test
/// starts one as the program does. Started and closed by one thread.
public final class Server implements AutoCloseable {

  private final DataFolder data;
  private final EndpointFiles endpointFiles;
  private final NettyLoops loops;
  private final Broker broker;
  private final Listeners listeners;

  private Server(
      DataFolder data, LoadedListeners loaded, InetAddress address, Authenticator authenticator) {
    this.data = data;
    this.endpointFiles = new EndpointFiles(data.path());
    this.loops = new NettyLoops(loaded.loops(), loaded.inboundBytesMax());
    this.broker =
        new Broker(
            loops.all(),
            new Broker.Ports(
                loaded.serverLimits(),
                authenticator,
                Authorizer.EVERYTHING,
                SessionLog.NONE,
                RetainedLog.NONE,
                new ConnectionLog(),
                new SecureRandom()));
    this.listeners = new Listeners(loops, address);
  }

  /// Starts a server and returns when every listener accepts and the endpoint files are written.
  ///
  /// @throws StartFailure if the data folder or a port cannot be had; then nothing is left open
  public static Server start(ServeSettings settings, LoadedListeners loaded) {
    return start(settings, loaded, Authenticator.EVERYBODY);
  }

  /// The same, with somebody to decide who clients are.
  public static Server start(
      ServeSettings settings, LoadedListeners loaded, Authenticator authenticator) {
    InetAddress address = address(settings.bind());
    Server server = new Server(DataFolder.take(settings.data()), loaded, address, authenticator);
    try {
      server.open(settings, loaded.listeners());
      return server;
    } catch (BindFailure e) {
      server.close();
      throw new StartFailure(e.getMessage(), e);
    } catch (IOException e) {
      server.close();
      throw new StartFailure(settings.data() + ": cannot be written (" + e + ").", e);
    }
  }

  /// The open listeners, by port.
  public List<Endpoint> endpoints() {
    return listeners.endpoints();
  }

  /// Tells all clients that the server stops, lets them go, and leaves nothing open.
  @Override
  public void close() {
    try (data) {
      endpointFiles.remove();
      listeners.close();
      for (int i = 0; i < loops.all().size(); i++) {
        loops.all().get(i).execute(broker.loop(i)::shutDown);
      }
      loops.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void open(ServeSettings settings, List<ListenerSpec> specs) throws IOException {
    endpointFiles.remove();
    loops.start(broker);
    for (ListenerSpec spec : specs) {
      listeners.open(spec, settings.port(spec));
    }
    endpointFiles.write(listeners.endpoints());
  }

  private static InetAddress address(String bind) {
    if (bind.isEmpty()) {
      return new InetSocketAddress(0).getAddress();
    }
    try {
      return InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw new StartFailure(
          "--bind: there is no address '" + bind + "'. Leave --bind out for all addresses.", e);
    }
  }
}
