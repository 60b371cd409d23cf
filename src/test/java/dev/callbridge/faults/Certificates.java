package dev.callbridge.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// An authority of a test's own and what it signs, made by the JDK's `keytool`.
final class Certificates {

  static final String PASSWORD = "changeit";

  private static final String GOOD_FOR = "san=dns:*.elevenlabs.io";

  private final Path folder;

  Certificates(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    pair("authority", "CN=Test authority", "-ext", "bc:critical=ca:true");
    keytool("authority", "-exportcert", "-rfc", "-alias", "authority", "-file", file("authority"));
    trustAuthority("trusted");
  }

  /// Trusts the authority and nobody else.
  Path trusted() {
    return store("trusted");
  }

  SSLContext good() throws IOException, InterruptedException, GeneralSecurityException {
    return signed("good", "-ext", GOOD_FOR, "-validity", "2");
  }

  SSLContext expired() throws IOException, InterruptedException, GeneralSecurityException {
    return signed("expired", "-ext", GOOD_FOR, "-startdate", "-10d", "-validity", "5");
  }

  SSLContext otherName() throws IOException, InterruptedException, GeneralSecurityException {
    return signed("other-name", "-ext", "san=dns:stranger.invalid", "-validity", "2");
  }

  SSLContext unknownAuthority() throws IOException, InterruptedException, GeneralSecurityException {
    pair("unknown", "CN=api.elevenlabs.io", "-ext", GOOD_FOR);
    return context("unknown");
  }

  private SSLContext signed(String name, String... how)
      throws IOException, InterruptedException, GeneralSecurityException {
    pair(name, "CN=" + name);
    String request = file(name + "-request");
    keytool(name, "-certreq", "-alias", name, "-file", request);
    List<String> sign = new ArrayList<>(List.of("-gencert", "-rfc", "-alias", "authority"));
    sign.addAll(List.of("-infile", request, "-outfile", file(name)));
    sign.addAll(List.of(how));
    keytool("authority", sign.toArray(String[]::new));
    trustAuthority(name);
    keytool(name, "-importcert", "-noprompt", "-alias", name, "-file", file(name));
    return context(name);
  }

  private void trustAuthority(String store) throws IOException, InterruptedException {
    keytool(store, "-importcert", "-noprompt", "-alias", "authority", "-file", file("authority"));
  }

  private void pair(String name, String subject, String... more)
      throws IOException, InterruptedException {
    List<String> generate =
        new ArrayList<>(List.of("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", subject));
    generate.addAll(List.of(more));
    keytool(name, generate.toArray(String[]::new));
  }

  private SSLContext context(String name) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store(name))) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private String file(String name) {
    return folder.resolve(name + ".pem").toString();
  }

  private Path store(String name) {
    return folder.resolve(name + ".p12");
  }

  private void keytool(String store, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store(store).toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException(command + ": " + said);
    }
  }
}
