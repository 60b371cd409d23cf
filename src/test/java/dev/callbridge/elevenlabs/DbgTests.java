package dev.callbridge.elevenlabs;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.*;
import reactor.netty.http.client.*;
import reactor.netty.http.websocket.*;
import io.netty.handler.codec.http.websocketx.*;
final class DbgTests {
  @Test void t() {
    var platform = SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));
    var settings = new ElevenLabsSettings("key", platform.url(), false);
    var url = new SignedUrls(settings).next("agent_sandbox").log("url").block(Duration.ofSeconds(3));
    var c = HttpClient.create().websocket().uri(String.valueOf(url)).connect().log("conn").block(Duration.ofSeconds(3));
    java.util.Objects.requireNonNull(c);System.err.println("CONNECTED " + c);
    var in = (WebsocketInbound) c.inbound(); var out = (WebsocketOutbound) c.outbound();
    in.receiveFrames().log("in").subscribe();
    out.sendObject(Flux.<Object>just(new TextWebSocketFrame("{\"type\":\"conversation_initiation_client_data\"}")).concatWith(Flux.never())).then().log("out").subscribe();
    try { Thread.sleep(1500);} catch (Exception e) {}
    System.err.println(platform.sessions());
  }
}
