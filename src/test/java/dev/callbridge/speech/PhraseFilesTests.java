package dev.callbridge.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PhraseFilesTests {

  private static final int AUDIO = 968;

  /// With its digest, 1,000 bytes each: three fit.
  private static final int ROOM = 3_000;

  @TempDir Path directory;

  @Test
  void whatWasWrittenIsReadAlsoByTheNextProcess() throws IOException {
    open().write("a", audio(1));

    assertThat(open().read("a")).isEqualTo(audio(1));
    assertThat(open().read("b")).isNull();
  }

  @Test
  void thoseGoThatWereNotAskedForTheLongest() throws IOException {
    PhraseFiles files = open();
    files.write("a", audio(1));
    files.write("b", audio(2));
    files.write("c", audio(3));
    files.read("a");
    files.write("d", audio(4));

    assertThat(kept(files, "a", "b", "c", "d")).containsExactly("a", "c", "d");
    assertThat(files.bytes()).isEqualTo(ROOM);
    assertThat(onDisk()).hasSize(3);
  }

  @Test
  void aPhraseThatFitsNowhereIsNotKept() throws IOException {
    PhraseFiles files = open();
    files.write("a", audio(1));
    files.write("b", new byte[ROOM]);

    assertThat(kept(files, "a", "b")).containsExactly("a");
  }

  @Test
  void whatIsDamagedIsDropped() throws IOException {
    PhraseFiles files = open();
    for (int length : new int[] {0, 10, 32, 999}) {
      files.write("a", audio(1));
      Path file = directory.resolve("a.ulaw");
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));

      assertThat(files.read("a")).as("cut off at %d", length).isNull();
      assertThat(file).doesNotExist();
      assertThat(files.bytes()).isZero();
    }
  }

  @Test
  void whatWasNotWrittenToItsEndIsCleanedUp() throws IOException {
    Files.write(directory.resolve("phrase1.part"), audio(1));
    Files.write(directory.resolve("a.ulaw"), audio(1));

    assertThat(open().read("a")).as("no digest, so not whole").isNull();
    assertThat(onDisk()).isEmpty();
  }

  private PhraseFiles open() {
    return new PhraseFiles(directory, ROOM);
  }

  private static byte[] audio(int of) {
    byte[] audio = new byte[AUDIO];
    Arrays.fill(audio, (byte) of);
    return audio;
  }

  private static List<String> kept(PhraseFiles files, String... keys) throws IOException {
    List<String> kept = new java.util.ArrayList<>();
    for (String key : keys) {
      if (files.read(key) != null) {
        kept.add(key);
      }
    }
    return kept;
  }

  private List<Path> onDisk() throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }
}
