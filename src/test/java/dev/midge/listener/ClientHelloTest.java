package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/// What is found in the first message of a handshake.
class ClientHelloTest {
  private static final int HEADER_BYTES = 5 + 4;

  @Test
  void theProtocolsAreFoundInTheOrderOfTheClient() throws Exception {
    assertThat(ClientHello.protocols(Unpooled.wrappedBuffer(hello("h2", "http/1.1"))))
        .containsExactly("h2", "http/1.1");
    assertThat(ClientHello.protocols(Unpooled.wrappedBuffer(hello()))).isEmpty();
  }

  @Test
  void ofAMessageThatIsCutAnywhereNothingIsFound() throws Exception {
    byte[] whole = hello("acme-tls/1");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(ClientHello.protocols(Unpooled.wrappedBuffer(cut))).as("%d", length).isEmpty();
    }
  }

  private static byte[] hello(String... protocols) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    var _ = engine.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOfRange(record.array(), HEADER_BYTES, record.position());
  }
}
