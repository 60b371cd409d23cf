package dev.callbridge.speech;

import dev.callbridge.requests.Bodies;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Spoken phrases on disk, one file each: the digest of the audio, then the audio. A file is
/// written elsewhere and moved into place, so it is there whole or not at all; one that is not what
/// its digest says is deleted.
///
/// Blocks, and is for one thread at a time.
final class PhraseFiles {

  private static final Logger LOG = LoggerFactory.getLogger(PhraseFiles.class);

  private static final String WHOLE = ".ulaw";
  private static final String PART = ".part";

  private final Path directory;
  private final long maxBytes;

  /// By use, the longest ago first: the bytes of each.
  private final LinkedHashMap<String, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;
  private boolean opened;

  PhraseFiles(Path directory, long maxBytes) {
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  long bytes() {
    return bytes;
  }

  /// @return null where there is none that is whole
  byte @Nullable [] read(String key) throws IOException {
    open();
    byte[] file;
    try {
      file = Files.readAllBytes(file(key));
    } catch (NoSuchFileException e) {
      forget(key);
      return null;
    }
    int head = digest(new byte[0]).length;
    byte[] audio = Arrays.copyOfRange(file, Math.min(head, file.length), file.length);
    if (audio.length == 0 || !MessageDigest.isEqual(digest(audio), Arrays.copyOf(file, head))) {
      LOG.warn("a spoken phrase in {} was damaged and is dropped", directory);
      delete(key);
      return null;
    }
    sizes.put(key, known(key, file.length));
    Files.setLastModifiedTime(file(key), FileTime.from(Instant.now()));
    return audio;
  }

  void write(String key, byte[] audio) throws IOException {
    open();
    byte[] digest = digest(audio);
    byte[] file = Arrays.copyOf(digest, digest.length + audio.length);
    System.arraycopy(audio, 0, file, digest.length, audio.length);
    if (file.length > maxBytes) {
      return;
    }
    Path part = Files.createTempFile(directory, "phrase", PART);
    try {
      Files.write(part, file);
      Files.move(
          part, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    sizes.put(key, known(key, file.length));
    makeRoom();
  }

  private void makeRoom() throws IOException {
    while (bytes > maxBytes && !sizes.isEmpty()) {
      delete(sizes.firstEntry().getKey());
    }
  }

  private void delete(String key) throws IOException {
    forget(key);
    Files.deleteIfExists(file(key));
  }

  private void forget(String key) {
    Long size = sizes.remove(key);
    bytes -= size == null ? 0 : size;
  }

  private long known(String key, long size) {
    forget(key);
    bytes += size;
    return size;
  }

  private Path file(String key) {
    return directory.resolve(key + WHOLE);
  }

  /// What an earlier process left: whole files in the order of their use, and parts, which go.
  private void open() throws IOException {
    if (opened) {
      return;
    }
    Files.createDirectories(directory);
    List<Map.Entry<FileTime, Path>> whole = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (file.toString().endsWith(PART)) {
          Files.deleteIfExists(file);
        } else if (file.toString().endsWith(WHOLE)) {
          whole.add(Map.entry(Files.getLastModifiedTime(file), file));
        }
      }
    }
    whole.sort(Comparator.comparing(Map.Entry::getKey));
    for (Map.Entry<FileTime, Path> file : whole) {
      String name = String.valueOf(file.getValue().getFileName());
      String key = name.substring(0, name.length() - WHOLE.length());
      sizes.put(key, known(key, Files.size(file.getValue())));
    }
    makeRoom();
    opened = true;
  }

  private static byte[] digest(byte[] audio) {
    return Bodies.sha256(audio);
  }
}
