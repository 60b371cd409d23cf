package dev.callbridge.sockets;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.util.context.Context;

/// Keeps a source going when its reader has had enough: what still comes is read and forgotten.
///
/// Reactor Netty closes a socket whose inbound is cancelled, at once and without a close code.
/// Under this, a call may stop listening and still close its socket in words.
public final class Uncancelled<T> extends FluxOperator<T, T> {

  public Uncancelled(Flux<? extends T> source) {
    super(source);
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    source.subscribe(new Reader<>(actual));
  }

  private static final class Reader<T> implements CoreSubscriber<T>, Subscription {
    private final CoreSubscriber<? super T> actual;
    private @Nullable Subscription upstream;
    private volatile boolean done;

    Reader(CoreSubscriber<? super T> actual) {
      this.actual = actual;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      upstream = subscription;
      actual.onSubscribe(this);
    }

    @Override
    public void onNext(T value) {
      if (!done) {
        actual.onNext(value);
      }
    }

    @Override
    public void onError(Throwable e) {
      if (!done) {
        done = true;
        actual.onError(e);
      }
    }

    @Override
    public void onComplete() {
      if (!done) {
        done = true;
        actual.onComplete();
      }
    }

    @Override
    public void request(long n) {
      if (upstream != null) {
        upstream.request(n);
      }
    }

    @Override
    public void cancel() {
      done = true;
      request(Long.MAX_VALUE);
    }
  }
}
