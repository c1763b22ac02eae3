import com.hivemq.HiveMQServer;
import com.hivemq.configuration.service.InternalConfigurations;

/** HiveMQ that lets everybody in, which otherwise takes an extension. */
class OpenHiveMq {
  public static void main(String[] arguments) throws Exception {
    InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(false);
    HiveMQServer.main(arguments);
  }
}
