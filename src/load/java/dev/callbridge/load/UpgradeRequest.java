package dev.callbridge.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Asks for the media socket as Twilio does, and makes way for the call once the relay agrees.
final class UpgradeRequest extends ByteToMessageDecoder {

  private static final int LONGEST_ANSWER = 16_384;

  private final Caller caller;
  private final URI stream;
  private final String signature;
  private boolean answered;

  UpgradeRequest(Caller caller, URI stream, String signature) {
    this.caller = caller;
    this.stream = stream;
    this.signature = signature;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    String request =
        """
        GET %s HTTP/1.1\r
        Host: %s\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        User-Agent: Twilio.TmeWs/1.0\r
        X-Twilio-Signature: %s\r
        \r
        """
            .formatted(stream.getRawPath(), stream.getAuthority(), signature);
    context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    String answer = in.toString(StandardCharsets.US_ASCII);
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0 && answer.length() < LONGEST_ANSWER) {
      return;
    }
    answered = true;
    if (!answer.startsWith("HTTP/1.1 101") || !answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) {
      caller.tally.fail("31920: upgrade answered " + answer.lines().findFirst().orElse("nothing"));
      in.skipBytes(in.readableBytes());
      context.close();
      return;
    }
    in.skipBytes(end + 4);
    context.pipeline().addLast(caller);
    context.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (!answered) {
      answered = true;
      caller.tally.fail("31920: upgrade not answered");
    }
    super.channelInactive(context);
  }
}
