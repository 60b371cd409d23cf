package dev.callbridge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/// What the relay is started from.
final class ClassPath {

  private static final Path CLASSES = Path.of("target/classes");

  private static @Nullable Path made;

  private ClassPath() {}

  /// Only what ships, except when the relay under test is one of the tool's own. In a jar, as it
  /// ships: a cache made ahead of time takes no classes out of directories.
  static String of(Options options) throws IOException {
    if (options.relayMain().startsWith(ClassPath.class.getPackageName())) {
      return System.getProperty("java.class.path");
    }
    return jar(options.output().resolve("callbridge.jar"))
        + System.getProperty("path.separator")
        + Files.readString(options.classPathFile()).strip();
  }

  /// Once: a cache holds good for the very jar that it was made from.
  private static synchronized Path jar(Path file) {
    Path jar = file.toAbsolutePath();
    if (jar.equals(made)) {
      return jar;
    }
    int failed =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(System.out, System.err, "cf", jar.toString(), "-C", CLASSES.toString(), ".");
    if (failed != 0) {
      throw new IllegalStateException("no jar of " + CLASSES + " was made");
    }
    made = jar;
    return jar;
  }
}
