package dev.callbridge.sandbox.elevenlabs;

import java.util.Arrays;
import java.util.Optional;

/// How a sandbox agent behaves, chosen for each call.
///
/// The choice is the agent id: `agent_sandbox` for [#NORMAL], `agent_sandbox_NAME` for any other.
/// What follows two dashes in an id makes it another agent that behaves the same. The dynamic
/// variable `sandbox_agent` of the initiation data overrules it, for whatever begins after it.
public enum AgentBehaviour {
  NORMAL("normal", "takes a booking for a table, then says goodbye and hangs up"),
  PUBLIC("public", "as normal, and needs no signed URL"),

  REFUSES("refuses", "signed URL: 401 invalid_api_key, whatever the key"),
  QUOTA("quota", "signed URL: 401 quota_exceeded"),
  BUSY("busy", "signed URL: 429 system_busy, with Retry-After"),
  BROKEN("broken", "signed URL: 500 with an HTML page"),
  HANGS("hangs", "signed URL: never answers"),
  RECOVERS("recovers", "signed URL: 503, and an answer when asked again"),
  GARBAGE("garbage", "signed URL: 200 with nonsense"),
  FOREIGN_URL("foreign-url", "signed URL: 200 with a URL on a stranger's host"),

  REJECTS_UPGRADE("rejects-upgrade", "answers the WebSocket upgrade with 403"),
  REDIRECTS("redirects", "answers the WebSocket upgrade with 302 to a stranger's host"),
  NO_UPGRADE("no-upgrade", "accepts the connection and never answers the WebSocket upgrade"),

  SILENT("silent", "answers the upgrade with 101, then sends nothing"),
  CLOSES_EARLY("closes-early", "closes with 1011 before the metadata"),
  MUTE("mute", "sends metadata, pings and transcripts, never audio"),
  GOES_QUIET("goes-quiet", "greets, then never speaks again"),
  SLOW("slow", "starts to speak only after 2.5 s"),
  PCM_16000("pcm_16000", "speaks and expects PCM at 16 kHz"),
  PCM_24000("pcm_24000", "speaks and expects PCM at 24 kHz"),
  PCM_IN("pcm-in", "speaks mu-law, expects PCM at 16 kHz"),
  PCM_OUT("pcm-out", "speaks PCM at 16 kHz, expects mu-law"),
  TALKATIVE("talkative", "first reply is one long sentence, made to be interrupted"),
  TOOL("tool", "calls a client tool after the caller's second turn and waits 5 s for its result"),
  NOTES(
      "notes",
      "notes the caller's first turn down by a client tool, and hangs up by one after its goodbye"),
  CORRECTS("corrects", "corrects the text of each reply, though nobody interrupted"),

  OVERRIDE_ERROR("override-error", "answers the initiation with override_error and closes 1008"),
  MISSING_VARIABLE(
      "missing-variable", "answers the initiation with missing_dynamic_variable and closes 1008"),
  DIES_AT_ONCE("dies-at-once", "resets the TCP connection right after the metadata"),
  DIES("dies", "resets the TCP connection 2 s into the conversation"),
  CLOSES_1000("closes-1000", "closes with 1000 after 2 s, without a goodbye"),
  CLOSES_1002("closes-1002", "sends an llm_timeout error after 2 s and closes with 1002"),
  CLOSES_1008("closes-1008", "sends a value_error error after 2 s and closes with 1008"),
  CLOSES_1011("closes-1011", "closes with 1011 after 2 s, without an error message"),
  STALLS("stalls", "stops reading and writing after 2 s and leaves the connection open"),

  MALFORMED("malformed", "mixes messages that are not JSON or not sensible into a normal greeting"),
  UNKNOWN_EVENTS(
      "unknown-events", "mixes every rare, unpublished and unknown event into a normal greeting"),
  GARBLED("garbled", "sends 40 messages that are not JSON after 2 s"),
  PING_FLOOD("ping-flood", "sends 500 pings at once after 2 s, then goes on as normal"),
  OVERSIZED("oversized", "sends one message over 16 MiB after 2 s"),
  FLOOD("flood", "greets with 60 s of audio sent at once"),

  REPORTS_TWICE("reports-twice", "as normal, and posts its post-call webhook twice"),
  REPORTS_EARLY("reports-early", "as normal, and posts its post-call webhook while it still talks"),
  REPORTS_NEVER("reports-never", "as normal, and posts no post-call webhook"),
  REPORTS_STRANGER(
      "reports-stranger", "as normal, and posts a post-call webhook of nobody's conversation"),
  REPORTS_FORGED(
      "reports-forged", "as normal, and signs its post-call webhook with another secret");

  private static final String AGENT = "agent_sandbox";

  private final String publicName;
  private final String description;

  AgentBehaviour(String publicName, String description) {
    this.publicName = publicName;
    this.description = description;
  }

  public String publicName() {
    return publicName;
  }

  /// One line for people who choose.
  public String description() {
    return description;
  }

  /// The id of the agent that behaves so.
  public String agentId() {
    return this == NORMAL ? AGENT : AGENT + "_" + publicName;
  }

  public static Optional<AgentBehaviour> named(String publicName) {
    return Arrays.stream(values()).filter(b -> b.publicName.equals(publicName)).findFirst();
  }

  public static Optional<AgentBehaviour> ofAgent(String agentId) {
    String plain = agentId.replaceFirst("--.*", "");
    return Arrays.stream(values()).filter(b -> b.agentId().equals(plain)).findFirst();
  }

  AudioFormat input() {
    return switch (this) {
      case PCM_16000, PCM_IN -> AudioFormat.PCM_16000;
      case PCM_24000 -> AudioFormat.PCM_24000;
      default -> AudioFormat.ULAW_8000;
    };
  }

  AudioFormat output() {
    return switch (this) {
      case PCM_16000, PCM_OUT -> AudioFormat.PCM_16000;
      case PCM_24000 -> AudioFormat.PCM_24000;
      default -> AudioFormat.ULAW_8000;
    };
  }
}
