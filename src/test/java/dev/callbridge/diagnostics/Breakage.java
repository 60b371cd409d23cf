package dev.callbridge.diagnostics;

import static dev.callbridge.diagnostics.State.FAILED;
import static dev.callbridge.diagnostics.State.WARNING;
import static dev.callbridge.sandbox.elevenlabs.Rigging.Resource.AGENT;
import static dev.callbridge.sandbox.elevenlabs.Rigging.Resource.LIVE_COUNT;
import static dev.callbridge.sandbox.elevenlabs.Rigging.Resource.SIGNED_URL;
import static dev.callbridge.sandbox.elevenlabs.Rigging.Resource.SUBSCRIPTION;

import dev.callbridge.sandbox.elevenlabs.Rigging;
import dev.callbridge.sandbox.twilio.AccountBook;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// One thing set wrong at a vendor, and what is to be said about it.
///
/// @param what for people
/// @param breaks the simulated vendor
/// @param step that finds it
/// @param detail a part of what was found
/// @param remedy a part of what to do
record Breakage(
    String what, Consumer<Vendors> breaks, String step, State state, String detail, String remedy) {

  record Vendors(AccountBook twilio, Rigging elevenlabs) {}

  private static final String TTS = "/conversation_config/tts/agent_output_audio_format";
  private static final String ASR = "/conversation_config/asr/user_input_audio_format";
  private static final String EVENTS = "/conversation_config/conversation/client_events";
  private static final String LIMIT = "/platform_settings/call_limits/agent_concurrency_limit";

  private static final String[] ALL_EVENTS = {
    "conversation_initiation_metadata",
    "audio",
    "interruption",
    "user_transcript",
    "agent_response",
    "agent_response_correction",
    "client_tool_call",
    "agent_tool_response",
    "ping"
  };

  static Stream<Breakage> all() {
    return Stream.of(account(), number(), webhooks(), signedUrl(), agent(), profile(), room())
        .flatMap(List::stream);
  }

  private static List<Breakage> account() {
    String step = "twilio-credentials";
    return List.of(
        twilio(
            "token refused",
            b -> b.refuses(401, 20003),
            step,
            FAILED,
            "refuses our credentials (401, 20003)",
            "TWILIO_AUTH_TOKEN"),
        twilio(
            "no such account",
            b -> b.refuses(404, 20404),
            step,
            FAILED,
            "knows no such account",
            "TWILIO_ACCOUNT_SID"),
        twilio(
            "refused otherwise",
            b -> b.refuses(403, 20008),
            step,
            FAILED,
            "refuses to tell (403)",
            "active"),
        twilio(
            "suspended",
            b -> b.account("status", "suspended"),
            step,
            FAILED,
            "account is suspended",
            "balance below zero"),
        twilio(
            "closed",
            b -> b.account("status", "closed"),
            step,
            FAILED,
            "account is closed",
            "notices"),
        twilio(
            "status of the future",
            b -> b.account("status", "resting"),
            step,
            WARNING,
            "not known here",
            "Console"),
        twilio(
            "trial",
            b -> b.account("type", "Trial"),
            step,
            WARNING,
            "is a trial",
            "Verified Caller IDs"),
        twilio(
            "too many requests",
            b -> b.refuses(429, 20429),
            step,
            FAILED,
            "too many requests",
            "Ask again"),
        twilio(
            "Twilio broken", b -> b.refuses(503, 20503), step, FAILED, "status 503", "Ask again"));
  }

  private static List<Breakage> number() {
    String step = "twilio-number";
    return List.of(
        twilio(
            "number gone",
            AccountBook::withoutNumbers,
            step,
            FAILED,
            "has no number +15550001000",
            "TWILIO_PHONE_NUMBER"),
        twilio(
            "no voice",
            b -> b.number("capabilities", Map.of("voice", false)),
            step,
            FAILED,
            "cannot carry calls",
            "capability Voice"),
        twilio(
            "fax",
            b -> b.number("voice_receive_mode", "fax"),
            step,
            FAILED,
            "receive faxes",
            "Voice Calls"));
  }

  private static List<Breakage> webhooks() {
    String elsewhere = "https://user:hunter2@elsewhere.example/twilio/voice?key=hunter2";
    return List.of(
        twilio(
            "SIP trunk",
            b -> b.number("trunk_sid", "TK" + "0".repeat(32)),
            "number-routing",
            FAILED,
            "A SIP trunk (TK0",
            "remove the number"),
        twilio(
            "TwiML app",
            b -> b.number("voice_application_sid", "AP" + "0".repeat(32)),
            "number-routing",
            FAILED,
            "A TwiML application (AP0",
            "not with a TwiML App"),
        twilio(
            "no webhook",
            b -> b.number("voice_url", null),
            "number-voice-webhook",
            FAILED,
            "has no voice webhook",
            "/twilio/voice, HTTP POST"),
        twilio(
            "webhook elsewhere",
            b -> b.number("voice_url", elsewhere),
            "number-voice-webhook",
            FAILED,
            "is https://elsewhere.example/twilio/voice, not",
            "set A call comes in"),
        twilio(
            "webhook with GET",
            b -> b.number("voice_method", "GET"),
            "number-voice-webhook",
            FAILED,
            "asked with GET, not POST",
            "HTTP POST"),
        twilio(
            "no fallback",
            b -> b.number("voice_fallback_url", ""),
            "number-fallback",
            WARNING,
            "has no fallback",
            "Primary handler fails"),
        twilio(
            "fallback elsewhere",
            b -> b.number("voice_fallback_url", elsewhere),
            "number-fallback",
            WARNING,
            "fallback is https://elsewhere.example",
            "/twilio/voice/fallback"),
        twilio(
            "fallback with GET",
            b -> b.number("voice_fallback_method", "GET"),
            "number-fallback",
            WARNING,
            "fallback is asked with GET",
            "HTTP POST"),
        twilio(
            "no status callback",
            b -> b.number("status_callback", null),
            "number-status-callback",
            WARNING,
            "has no status callback",
            "Call status changes"),
        twilio(
            "status callback elsewhere",
            b -> b.number("status_callback", elsewhere),
            "number-status-callback",
            WARNING,
            "status callback is https://elsewhere.example",
            "/twilio/status"),
        twilio(
            "status callback with GET",
            b -> b.number("status_callback_method", "GET"),
            "number-status-callback",
            WARNING,
            "asked with GET",
            "HTTP POST"));
  }

  private static List<Breakage> signedUrl() {
    String step = "signed-url";
    return List.of(
        agent(
            "key refused",
            r -> r.refuse(SIGNED_URL, 401, "invalid_api_key"),
            step,
            FAILED,
            "refuses the API key",
            "ELEVENLABS_API_KEY"),
        agent(
            "key without the right",
            r -> r.refuse(SIGNED_URL, 401, "missing_permissions"),
            step,
            FAILED,
            "401_missing_permissions",
            "access to ElevenAgents"),
        agent(
            "forbidden",
            r -> r.refuse(SIGNED_URL, 403, "forbidden"),
            step,
            FAILED,
            "refuses the API key (403",
            "ELEVENLABS_API_KEY"),
        agent(
            "out of credit",
            r -> r.refuse(SIGNED_URL, 401, "quota_exceeded"),
            step,
            FAILED,
            "no credit left",
            "buy credits"),
        agent(
            "unpaid",
            r -> r.refuse(SIGNED_URL, 402, "payment_required"),
            step,
            FAILED,
            "no credit left",
            "pay what is open"),
        agent(
            "no such agent",
            r -> r.refuse(SIGNED_URL, 404, "agent_not_found"),
            step,
            FAILED,
            "has no agent agent_sandbox",
            "ELEVENLABS_AGENT_ID"),
        agent(
            "busy",
            r -> r.refuse(SIGNED_URL, 429, "system_busy"),
            step,
            FAILED,
            "too busy",
            "Ask again"),
        agent(
            "broken",
            r -> r.answer(SIGNED_URL, 500, "<html>"),
            step,
            FAILED,
            "gave no signed URL (500)",
            "status.elevenlabs.io"),
        agent(
            "nonsense",
            r -> r.answer(SIGNED_URL, 200, "}{"),
            step,
            FAILED,
            "no signed URL in it",
            "Ask again"),
        agent(
            "stranger",
            r -> r.answer(SIGNED_URL, 200, "{\"signed_url\":\"ws://stranger.example/\"}"),
            step,
            FAILED,
            "not ElevenLabs's",
            "ELEVENLABS_API_URL"));
  }

  private static List<Breakage> agent() {
    return List.of(
        agent(
            "agent deleted",
            r -> r.refuse(AGENT, 404, "document_not_found"),
            "agent",
            FAILED,
            "has no agent agent_sandbox",
            "ELEVENLABS_AGENT_ID"),
        agent(
            "key refused meanwhile",
            r -> r.refuse(AGENT, 401, "invalid_api_key"),
            "agent",
            FAILED,
            "refuses the API key",
            "ELEVENLABS_API_KEY"),
        agent(
            "key without the right to read",
            r -> r.refuse(AGENT, 401, "missing_permissions"),
            "agent",
            WARNING,
            "may not read the agent's settings",
            "read access"),
        agent(
            "agent not told",
            r -> r.answer(AGENT, 502, "<html>"),
            "agent",
            WARNING,
            "did not tell the agent's settings",
            "Ask again"),
        agent(
            "agent not JSON",
            r -> r.answer(AGENT, 200, "{"),
            "agent",
            WARNING,
            "cannot be read",
            "Ask again"),
        agent(
            "another agent",
            r -> r.set(AGENT, "/agent_id", "agent_other"),
            "agent",
            WARNING,
            "cannot be read",
            "Ask again"));
  }

  private static List<Breakage> profile() {
    return List.of(
        agent(
            "speaks PCM",
            r -> r.set(AGENT, TTS, "pcm_16000"),
            "agent-audio",
            WARNING,
            "It speaks pcm_16000, not ulaw_8000",
            "TTS output format"),
        agent(
            "hears PCM",
            r -> r.set(AGENT, ASR, "pcm_16000"),
            "agent-audio",
            WARNING,
            "It hears pcm_16000, not ulaw_8000",
            "user input audio format"),
        agent(
            "speaks MP3",
            r -> r.set(AGENT, TTS, "mp3_44100"),
            "agent-audio",
            FAILED,
            "cannot convert",
            "8000 Hz"),
        agent(
            "text only",
            r -> r.set(AGENT, "/conversation_config/conversation/text_only", true),
            "agent-audio",
            FAILED,
            "text only",
            "turn Text only off"),
        agent(
            "never interrupted",
            r -> r.set(AGENT, EVENTS, without("interruption")),
            "agent-client-events",
            WARNING,
            "interruption (the agent cannot be interrupted)",
            "enable interruption"),
        agent(
            "no transcript",
            r -> r.set(AGENT, EVENTS, without("user_transcript")),
            "agent-client-events",
            WARNING,
            "user_transcript",
            "enable user_transcript"),
        agent(
            "no goodbye",
            r -> r.set(AGENT, EVENTS, without("agent_tool_response")),
            "agent-client-events",
            WARNING,
            "agent_tool_response",
            "Client events"),
        agent(
            "no audio",
            r -> r.set(AGENT, EVENTS, without("audio")),
            "agent-client-events",
            FAILED,
            "audio (the agent is not heard)",
            "enable audio"),
        agent(
            "no metadata",
            r -> r.set(AGENT, EVENTS, without("conversation_initiation_metadata")),
            "agent-client-events",
            FAILED,
            "no conversation begins",
            "enable conversation_initiation_metadata"),
        agent(
            "events not told",
            r -> r.set(AGENT, EVENTS, List.of()),
            "agent-client-events",
            WARNING,
            "does not say which",
            "Client events"),
        agent(
            "variables",
            r ->
                r.set(
                    AGENT,
                    "/conversation_config/agent/prompt/prompt",
                    "{{customer}} of {{system__time}} at {{caller_number}}"),
            "agent-variables",
            WARNING,
            "no placeholder: customer.",
            "placeholder on the agent's page"));
  }

  private static List<Breakage> room() {
    return List.of(
        agent(
            "agent full",
            r -> {
              r.set(AGENT, LIMIT, 2);
              r.set(LIVE_COUNT, "/count", 2);
            },
            "agent-concurrency",
            FAILED,
            "2 of the agent's 2 conversations are on",
            "concurrent calls limit"),
        agent(
            "count not told",
            r -> {
              r.set(AGENT, LIMIT, 2);
              r.refuse(LIVE_COUNT, 401, "missing_permissions");
            },
            "agent-concurrency",
            WARNING,
            "did not tell how many",
            "read access"),
        agent(
            "credit used up",
            r -> r.set(SUBSCRIPTION, "/character_count", 1_000_000),
            "credit",
            FAILED,
            "1000000 of 1000000 credits are used",
            "buy credits"),
        agent(
            "credit nearly used up",
            r -> r.set(SUBSCRIPTION, "/character_count", 950_000),
            "credit",
            WARNING,
            "950000 of 1000000",
            "buy credits"),
        agent(
            "workspace disabled",
            r -> r.set(SUBSCRIPTION, "/status", "free_disabled"),
            "credit",
            FAILED,
            "disabled",
            "paid plan"),
        agent(
            "unpaid invoice",
            r -> r.set(SUBSCRIPTION, "/status", "past_due"),
            "credit",
            WARNING,
            "past_due",
            "open invoice"),
        agent(
            "credit not to be read",
            r -> r.refuse(SUBSCRIPTION, 401, "missing_permissions"),
            "credit",
            WARNING,
            "may not read the subscription",
            "read access to User"),
        agent(
            "credit not told",
            r -> r.answer(SUBSCRIPTION, 500, ""),
            "credit",
            WARNING,
            "did not tell what credit is left",
            "Ask again"));
  }

  private static List<String> without(String event) {
    return Stream.of(ALL_EVENTS).filter(each -> !each.equals(event)).toList();
  }

  private static Breakage twilio(
      String what,
      Consumer<AccountBook> breaks,
      String step,
      State state,
      String detail,
      String remedy) {
    return new Breakage(what, v -> breaks.accept(v.twilio()), step, state, detail, remedy);
  }

  private static Breakage agent(
      String what,
      Consumer<Rigging> breaks,
      String step,
      State state,
      String detail,
      String remedy) {
    return new Breakage(what, v -> breaks.accept(v.elevenlabs()), step, state, detail, remedy);
  }

  @Override
  public String toString() {
    return what;
  }
}
