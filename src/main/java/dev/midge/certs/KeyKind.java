package dev.midge.certs;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;

/// The kinds of keys that certificates have.
public enum KeyKind {
  ECDSA_P256("ecdsa-p256", "EC", 256),
  ECDSA_P384("ecdsa-p384", "EC", 384),
  RSA_2048("rsa-2048", "RSA", 2048),
  RSA_4096("rsa-4096", "RSA", 4096),
  ED25519("ed25519", "Ed25519", 255);

  private final String word;
  private final String algorithm;
  private final int bits;

  KeyKind(String word, String algorithm, int bits) {
    this.word = word;
    this.algorithm = algorithm;
    this.bits = bits;
  }

  /// Makes a key of this kind.
  public KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /// Whether the key is of this kind.
  public boolean is(Key key) {
    boolean isAlgorithm = key instanceof EdECKey || key.getAlgorithm().equals(algorithm);
    return isAlgorithm && bits(key) == bits;
  }

  /// How an authority with such a key signs.
  static String signatureAlgorithm(Key key) {
    return switch (key) {
      case ECKey _ -> bits(key) > ECDSA_P256.bits ? "SHA384withECDSA" : "SHA256withECDSA";
      case RSAKey _ -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  private static int bits(Key key) {
    return switch (key) {
      case ECKey ec -> ec.getParams().getOrder().bitLength();
      case RSAKey rsa -> rsa.getModulus().bitLength();
      case EdECKey ed -> ed.getParams().getName().equals(ED25519.algorithm) ? ED25519.bits : 0;
      default -> 0;
    };
  }

  /// The word for it in files.
  @Override
  public String toString() {
    return word;
  }
}
