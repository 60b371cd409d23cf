package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The account and its numbers as REST shows them. All of it can be set wrong while the sandbox
/// runs, and right again.
public final class AccountBook {

  /// Longer than anybody waits.
  private static final Duration NEVER = Duration.ofSeconds(60);

  private final SandboxTwilio.Settings settings;
  private final Map<String, @Nullable Object> asSetUp = new LinkedHashMap<>();
  private final Map<String, @Nullable Object> account = new LinkedHashMap<>();
  private final Map<String, @Nullable Object> number = new LinkedHashMap<>();
  private boolean withoutNumbers;
  private boolean silent;
  private @Nullable RestError refusal;

  AccountBook(SandboxTwilio.Settings settings) {
    this.settings = settings;
  }

  /// How the numbers are set up, by REST's names: where [#mend] leads back to.
  public synchronized void setUp(Map<String, ?> fields) {
    asSetUp.putAll(fields);
    mend();
  }

  /// A field of the account, such as `status`.
  public synchronized void account(String field, @Nullable Object value) {
    account.put(field, value);
  }

  /// A field of every number, such as `voice_url`.
  public synchronized void number(String field, @Nullable Object value) {
    number.put(field, value);
  }

  public synchronized void withoutNumbers() {
    withoutNumbers = true;
  }

  /// Whatever is asked about the account or its numbers is refused so.
  public synchronized void refuses(int status, int code) {
    refusal = new RestError(status, code, "Refused");
  }

  /// Whatever is asked about the account or its numbers gets no answer.
  public synchronized void neverAnswers() {
    silent = true;
  }

  public synchronized void mend() {
    account.clear();
    number.clear();
    number.putAll(asSetUp);
    withoutNumbers = false;
    silent = false;
    refusal = null;
  }

  synchronized Duration delay() {
    return silent ? NEVER : Duration.ZERO;
  }

  synchronized Map<String, Object> account() {
    check();
    return RestJson.account(settings.accountSid(), account);
  }

  /// Those that are asked for.
  synchronized List<Map<String, Object>> numbers(Form query) {
    check();
    return withoutNumbers
        ? List.of()
        : settings.phoneNumbers().stream()
            .filter(one -> query.get("PhoneNumber", one).equals(one))
            .map(one -> RestJson.number(settings.accountSid(), one, number))
            .toList();
  }

  private void check() {
    if (refusal != null) {
      throw refusal;
    }
  }
}
