package dev.callbridge.sandbox.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What conforms, to the letter, and what does not.
class SandboxFromServerTest {

  @Test
  void takesTheThreeMessagesThereAre() {
    assertThat(read("{'event':'media','streamSid':'MZ1','media':{'payload':'/38='}}"))
        .isInstanceOfSatisfying(
            FromServer.Media.class, media -> assertThat(media.audio()).containsExactly(0xFF, 0x7F));
    assertThat(read("{'event':'mark','streamSid':'MZ1','mark':{'name':'m'}}"))
        .isEqualTo(new FromServer.Mark("m"));
    assertThat(read("{'streamSid':'MZ1','event':'clear'}")).isEqualTo(new FromServer.Clear());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "[]",
        "{}",
        "{'event':1}",
        "{'event':'connected','protocol':'Call','version':'1.0.0'}",
        "{'event':'clear'}",
        "{'event':'clear','stream_sid':'MZ1'}",
        "{'event':'clear','streamSid':'MZ2'}",
        "{'event':'clear','streamSid':'MZ1','clear':{}}",
        "{'event':'clear','streamSid':'MZ1'} {}",
        "{'event':'clear','streamSid':'MZ1','streamSid':'MZ1'}",
        "{'event':'mark','streamSid':'MZ1'}",
        "{'event':'mark','streamSid':'MZ1','mark':'m'}",
        "{'event':'mark','streamSid':'MZ1','mark':{'name':7}}",
        "{'event':'mark','streamSid':'MZ1','mark':{'name':''}}",
        "{'event':'mark','streamSid':'MZ1','sequenceNumber':'1','mark':{'name':'m'}}",
        "{'event':'media','streamSid':'MZ1','media':{}}",
        "{'event':'media','streamSid':'MZ1','media':{'payload':null}}",
        "{'event':'media','streamSid':'MZ1','media':{'payload':''}}",
        "{'event':'media','streamSid':'MZ1','media':{'payload':'/38'}}",
        "{'event':'media','streamSid':'MZ1','media':{'payload':'_38='}}",
        "{'event':'media','streamSid':'MZ1','media':{'payload':'/38=','track':'outbound'}}"
      })
  void refusesEverythingElse(String message) {
    assertThat(read(message)).isInstanceOf(FromServer.NotConformant.class);
  }

  private static FromServer read(String message) {
    return new FromServer.Reader("MZ1").read(message.replace('\'', '"'));
  }
}
