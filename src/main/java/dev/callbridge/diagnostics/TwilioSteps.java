package dev.callbridge.diagnostics;

import dev.callbridge.twilio.TwilioAccount;
import dev.callbridge.twilio.TwilioRestException;
import dev.callbridge.twilio.TwilioSettings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether Twilio knows us, and has our number.
@Component
class TwilioSteps {

  static final String CREDENTIALS = "twilio-credentials";
  static final String NUMBER = "twilio-number";

  private static final String AGAIN =
      "Ask again in a minute; https://status.twilio.com tells of outages. TWILIO_API_URL may be wrong, too.";

  private final Facts facts;
  private final TwilioSettings settings;

  TwilioSteps(Facts facts, TwilioSettings settings) {
    this.facts = facts;
    this.settings = settings;
  }

  List<Step> steps() {
    return List.of(
        new Step(
            CREDENTIALS,
            "Twilio accepts our credentials",
            Set.of(),
            _ ->
                facts
                    .standing()
                    .map(TwilioSteps::standing)
                    .onErrorResume(e -> Mono.just(unknown(e)))),
        new Step(
            NUMBER,
            "The number is the account's and carries calls",
            Set.of(CREDENTIALS),
            _ -> facts.number().map(this::number).onErrorResume(e -> Mono.just(unknown(e)))));
  }

  private static Finding standing(TwilioAccount.Standing account) {
    String status = account.status();
    if (!"active".equals(status)) {
      return status == null
          ? Finding.warning(
              "The account's status is one that is not known here.",
              "Look at the account's status in the Twilio Console.")
          : Finding.failed(
              "The Twilio account is " + Text.of(status) + ".",
              "In the Twilio Console, see the account's notices: a balance below zero is the usual reason, a review of the account the other.");
    } else if (account.trial()) {
      return Finding.warning(
          "The Twilio account is a trial: it calls verified numbers only, and Twilio speaks a notice first.",
          "Verify the numbers to call under Phone Numbers, Verified Caller IDs, or upgrade the account.");
    }
    return Finding.passed("The account is active.");
  }

  private Finding number(Optional<TwilioAccount.Number> found) {
    String number = String.valueOf(settings.phoneNumber());
    if (found.isEmpty()) {
      return Finding.failed(
          "The account has no number %s.".formatted(number),
          "Set TWILIO_PHONE_NUMBER to a number under Phone Numbers, Active Numbers, written like +15550001000; or TWILIO_ACCOUNT_SID to the account, or the subaccount, that has it.");
    } else if (!found.get().voice()) {
      return Finding.failed(
          number + " cannot carry calls.",
          "Use a number of the account that has the capability Voice.");
    } else if ("fax".equals(found.get().receives())) {
      return Finding.failed(
          number + " is set to receive faxes.",
          "In the number's configuration, set what it accepts to Voice Calls.");
    }
    return Finding.passed(number + " is the account's.");
  }

  private static Finding unknown(Throwable e) {
    return switch (e) {
      case TimeoutException _ -> unanswered("Twilio did not answer in time.");
      case TwilioRestException twilio ->
          switch (twilio.kind()) {
            case REFUSED, NOT_ASKED -> refused(twilio);
            case RATE_LIMITED -> unanswered("Twilio has had too many requests from us (20429).");
            case UNREACHABLE -> unanswered("No connection to Twilio's API could be made.");
            case AMBIGUOUS ->
                unanswered(
                    twilio.status() == 0
                        ? "Twilio's API gave no answer that could be read."
                        : "Twilio's API answered with status " + twilio.status() + ".");
          };
      default -> unanswered("Twilio could not be asked (" + e.getClass().getSimpleName() + ").");
    };
  }

  private static Finding refused(TwilioRestException e) {
    return switch (e.status()) {
      case 401 ->
          Finding.failed(
              "Twilio refuses our credentials (401%s)."
                  .formatted(e.code() == null ? "" : ", " + e.code()),
              "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to the Account SID and Auth Token on the first page of the Twilio Console. After a rotation the new token comes first. Test credentials do not work.");
      case 404 ->
          Finding.failed(
              "Twilio knows no such account (404).",
              "Set TWILIO_ACCOUNT_SID to the Account SID on the first page of the Twilio Console, and leave TWILIO_API_URL unset unless the account is of another region.");
      default ->
          Finding.failed(
              "Twilio refuses to tell (%d).".formatted(e.status()),
              "See in the Twilio Console whether the account is active and its token the one configured.");
    };
  }

  private static Finding unanswered(String detail) {
    return Finding.failed(detail, AGAIN).passing();
  }
}
