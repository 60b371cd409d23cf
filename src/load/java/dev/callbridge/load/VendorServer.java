package dev.callbridge.load;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_ACCEPT;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_KEY;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The HTTP side of ElevenLabs and Twilio: signed URLs, the upgrade to a conversation, and the end
/// of a call over REST. What else the relay asks for is 404 and is counted.
final class VendorServer extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final String CONVERSATION = "/v1/convai/conversation";
  private static final String ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final Calls calls;

  VendorServer(Calls calls) {
    this.calls = calls;
  }

  void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(65_536), this);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    String path = new QueryStringDecoder(request.uri()).path();
    if (path.equals(CONVERSATION) && request.headers().contains(SEC_WEBSOCKET_KEY)) {
      converse(context, request);
    } else if (path.equals(CONVERSATION + "/get-signed-url")) {
      signedUrl(context, request);
    } else if (path.matches("/2010-04-01/Accounts/AC[^/]+/Calls/CA[^/]+\\.json")) {
      answer(
          context,
          request,
          200,
          "{\"sid\":\""
              + path.substring(path.indexOf("CA"), path.length() - 5)
              + "\",\"status\":\"completed\"}");
    } else {
      calls.tally.unknownRequest(request.method() + " " + path);
      answer(context, request, 404, "{\"detail\":\"not simulated\"}");
    }
  }

  private void signedUrl(ChannelHandlerContext context, FullHttpRequest request) {
    if (!Account.ELEVENLABS_KEY.equals(request.headers().get("xi-api-key"))) {
      calls.tally.complain("get-signed-url with another xi-api-key");
      answer(context, request, 401, "{\"detail\":{\"status\":\"invalid_api_key\"}}");
      return;
    }
    answer(
        context,
        request,
        200,
        "{\"signed_url\":\"ws://127.0.0.1:%d%s?agent_id=%s&conversation_signature=cvtkn_load\"}"
            .formatted(calls.port(), CONVERSATION, Account.AGENT_ID));
  }

  private void converse(ChannelHandlerContext context, FullHttpRequest request) {
    var response = new DefaultFullHttpResponse(HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response
        .headers()
        .set(UPGRADE, "websocket")
        .set(CONNECTION, "Upgrade")
        .set(SEC_WEBSOCKET_ACCEPT, accept(request.headers().get(SEC_WEBSOCKET_KEY)));
    context.writeAndFlush(response);
    ChannelPipeline pipeline = context.pipeline();
    pipeline.addLast(calls.newAgent());
    pipeline.remove(HttpObjectAggregator.class);
    pipeline.remove(this);
    pipeline.remove(HttpServerCodec.class);
  }

  private static String accept(String key) {
    try {
      byte[] salted = (key + ACCEPT_SALT).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(salted));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-1", e);
    }
  }

  private static void answer(
      ChannelHandlerContext context, FullHttpRequest request, int status, String json) {
    var response =
        new DefaultFullHttpResponse(
            HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            Unpooled.copiedBuffer(json, StandardCharsets.UTF_8));
    response.headers().set(CONTENT_TYPE, "application/json");
    HttpUtil.setContentLength(response, response.content().readableBytes());
    context.writeAndFlush(response);
  }
}
