package dev.callbridge.tools;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Predicate;

/// Finds addresses, and gives out those that may be connected to. The connection is made to what
/// was looked at, and the name is not asked for again: it cannot mean something else by then.
///
/// One address that is not allowed is enough to refuse them all: a name that stands for a public
/// and a private address is not an accident.
final class GuardedResolver extends AddressResolverGroup<InetSocketAddress> {

  private final AddressResolverGroup<InetSocketAddress> names;
  private final Predicate<InetAddress> allowed;

  GuardedResolver(AddressResolverGroup<InetSocketAddress> names, Predicate<InetAddress> allowed) {
    this.names = names;
    this.allowed = allowed;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new Guard(executor, names.getResolver(executor));
  }

  private final class Guard extends AbstractAddressResolver<InetSocketAddress> {

    private final AddressResolver<InetSocketAddress> resolver;

    Guard(EventExecutor executor, AddressResolver<InetSocketAddress> resolver) {
      super(executor, InetSocketAddress.class);
      this.resolver = resolver;
    }

    /// An address that needs no resolving needs to be looked at too.
    @Override
    protected boolean doIsResolved(InetSocketAddress address) {
      return false;
    }

    @Override
    protected void doResolve(InetSocketAddress address, Promise<InetSocketAddress> promise) {
      Promise<List<InetSocketAddress>> all = executor().newPromise();
      all.addListener(_ -> {
        if (all.isSuccess()) {
          promise.trySuccess(all.getNow().getFirst());
        } else {
          promise.tryFailure(all.cause());
        }
      });
      doResolveAll(address, all);
    }

    @Override
    protected void doResolveAll(
        InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
      if (!address.isUnresolved()) {
        check(List.of(address), promise);
        return;
      }
      Promise<List<InetSocketAddress>> found = executor().newPromise();
      found.addListener(_ -> {
        if (found.isSuccess()) {
          check(found.getNow(), promise);
        } else {
          promise.tryFailure(found.cause());
        }
      });
      resolver.resolveAll(address, found);
    }

    private void check(List<InetSocketAddress> found, Promise<List<InetSocketAddress>> promise) {
      if (!found.isEmpty() && found.stream().allMatch(it -> allowed.test(it.getAddress()))) {
        promise.trySuccess(found);
      } else {
        promise.tryFailure(new UnknownHostException("the name stands for no public address"));
      }
    }
  }
}
