package dev.callbridge.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Evidence on this machine's disk while the database is away. One file, one entry a line with its
/// checksum before it, synced before it counts; what a crash cut short is recognised and left out.
///
/// Blocks, and belongs to one thread.
final class EvidenceJournal implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceJournal.class);

  /// More instances than that do not share a directory.
  private static final int MOST_FILES = 64;

  /// Some hours of a busy instance's evidence.
  private static final long MAX_BYTES = 1L << 30;

  private static final int CHECKSUM = 8;

  private final FileChannel file;
  private long replayed;

  private EvidenceJournal(FileChannel file) {
    this.file = file;
  }

  /// Opens a journal that no other process has. What an earlier one left in it is still there.
  static EvidenceJournal open(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (int i = 0; i < MOST_FILES; i++) {
      FileChannel file =
          FileChannel.open(directory.resolve("evidence-" + i + ".journal"), CREATE, READ, WRITE);
      if (isOurs(file)) {
        endLine(file);
        return new EvidenceJournal(file);
      }
      file.close();
    }
    throw new IOException("all journals in " + directory + " are in use");
  }

  /// What a crash cut short must not take the next entry with it.
  private static void endLine(FileChannel file) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    if (file.size() > 0 && file.read(last, file.size() - 1) == 1 && last.get(0) != '\n') {
      file.write(UTF_8.encode("\n"), file.size());
    }
  }

  private static boolean isOurs(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /// Returns once the entries are on the disk, all of them or none.
  void append(List<EvidenceEntry> entries) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (EvidenceEntry entry : entries) {
      String json = JournalLine.write(entry);
      lines.append(checksum(json)).append(json).append('\n');
    }
    ByteBuffer bytes = UTF_8.encode(lines.toString());
    long end = file.size();
    if (end + bytes.remaining() > MAX_BYTES) {
      throw new IOException("the journal is full");
    }
    try {
      for (long at = end; bytes.hasRemaining(); ) {
        at += file.write(bytes, at);
      }
      file.force(false);
    } catch (IOException e) {
      file.truncate(end);
      throw e;
    }
  }

  boolean isEmpty() throws IOException {
    return file.size() <= replayed;
  }

  /// Entries from the first that is not replayed yet, and where they end.
  record Batch(List<EvidenceEntry> entries, long end) {}

  Batch next(int maxBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(maxBytes, file.size() - replayed));
    while (bytes.hasRemaining() && file.read(bytes, replayed + bytes.position()) > 0) {
      // Until all of it is read.
    }
    byte[] read = bytes.array();
    List<EvidenceEntry> entries = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < bytes.position(); i++) {
      if (read[i] == '\n') {
        parse(new String(read, begin, i - begin, UTF_8), entries);
        begin = i + 1;
      }
    }
    // One that is longer than that is read whole, or nothing behind it ever would be.
    return begin == 0 && bytes.position() == maxBytes
        ? next(2 * maxBytes)
        : new Batch(entries, replayed + begin);
  }

  private static void parse(String line, List<EvidenceEntry> entries) {
    String json = line.length() > CHECKSUM ? line.substring(CHECKSUM) : "";
    if (line.startsWith(checksum(json)) && !json.isEmpty()) {
      entries.add(JournalLine.read(json));
    } else {
      LOG.error("an entry of the evidence journal is damaged and left out");
    }
  }

  /// Those entries are in the database. Once all are, the file is empty again.
  void replayed(Batch batch) throws IOException {
    replayed = batch.end();
    if (isEmpty()) {
      file.truncate(0);
      file.force(false);
      replayed = 0;
    }
  }

  private static String checksum(String json) {
    CRC32 crc = new CRC32();
    crc.update(json.getBytes(UTF_8));
    String hex = Long.toHexString(crc.getValue());
    return "0".repeat(CHECKSUM - hex.length()) + hex;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
