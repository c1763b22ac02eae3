package dev.midge;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jboss.logging.Logger;

/// The signal SIGHUP, by which daemons are told to read their configuration again. The JDK has no
/// API for signals but `sun.misc.Signal` of its module `jdk.unsupported`, which javac warns of: so
/// it is asked for by name.
final class HangUp {
  private static final Logger LOG = Logger.getLogger("dev.midge.configuration");

  private HangUp() {}

  /// Does this at each SIGHUP, on a thread of the JVM's, instead of ending the process.
  static void handle(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler invocation =
          (_, method, _) -> {
            if (method.getName().equals("handle")) {
              task.run();
            }
            return null; // The JDK compares no handlers, and shows none.
          };
      Object proxy =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(), new Class<?>[] {handler}, invocation);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
    } catch (ReflectiveOperationException e) {
      LOG.debug("SIGHUP cannot be heard here", e); // On Windows, or when the JVM was told -Xrs.
    }
  }
}
