package dev.callbridge.tools;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/// Which addresses are on the public Internet: those a tool may connect to.
///
/// Of IPv4, all but what IANA keeps for other purposes. Of IPv6, only global unicast, and of that
/// nothing that carries an IPv4 address inside: such a one would have to be looked at again.
final class PublicAddress {

  private static final List<Block> NOT_PUBLIC =
      List.of(
          Block.of("0.0.0.0", 8),
          Block.of("10.0.0.0", 8),
          Block.of("100.64.0.0", 10),
          Block.of("127.0.0.0", 8),
          // A platform's own service at an address that looks like anybody's.
          Block.of("168.63.129.16", 32),
          Block.of("169.254.0.0", 16),
          Block.of("172.16.0.0", 12),
          Block.of("192.0.0.0", 24),
          Block.of("192.0.2.0", 24),
          Block.of("192.31.196.0", 24),
          Block.of("192.52.193.0", 24),
          Block.of("192.88.99.0", 24),
          Block.of("192.168.0.0", 16),
          Block.of("192.175.48.0", 24),
          Block.of("198.18.0.0", 15),
          Block.of("198.51.100.0", 24),
          Block.of("203.0.113.0", 24),
          Block.of("224.0.0.0", 4),
          Block.of("240.0.0.0", 4),
          Block.of("2001::", 23),
          Block.of("2001:db8::", 32),
          Block.of("2002::", 16),
          Block.of("3fff::", 20));

  private static final Block GLOBAL_UNICAST = Block.of("2000::", 3);

  private PublicAddress() {}

  /// An IPv4 address mapped into IPv6 is to Java the IPv4 address.
  static boolean is(InetAddress address) {
    return (address instanceof Inet4Address || GLOBAL_UNICAST.holds(address))
        && NOT_PUBLIC.stream().noneMatch(block -> block.holds(address));
  }

  private record Block(InetAddress first, int bits) {

    static Block of(String first, int bits) {
      return new Block(InetAddress.ofLiteral(first), bits);
    }

    boolean holds(InetAddress address) {
      byte[] ours = first.getAddress();
      byte[] theirs = address.getAddress();
      if (ours.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
