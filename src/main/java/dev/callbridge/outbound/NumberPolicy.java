package dev.callbridge.outbound;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/// Which numbers may be called: those of the allowed countries, and none that cost extra.
@Component
final class NumberPolicy {

  private static final Set<PhoneNumberType> COSTLY =
      EnumSet.of(PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN);

  private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
  private final Set<String> countries;

  NumberPolicy(OutboundSettings settings) {
    countries = settings.countries();
    readAllCountries();
  }

  /// The library reads a country's numbers from a file when it first meets one: here, at the start,
  /// and not on an event loop.
  private void readAllCountries() {
    numbers.getSupportedRegions().forEach(numbers::getExampleNumber);
    numbers
        .getSupportedGlobalNetworkCallingCodes()
        .forEach(numbers::getExampleNumberForNonGeoEntity);
  }

  /// What is wrong with it as a number, if anything. Only E.164 is taken: what a person would
  /// understand some other way is a mistake here.
  Optional<String> malformed(String number) {
    if (!number.matches("\\+[1-9][0-9]{6,14}")) {
      return Optional.of("is not E.164, such as +15550002000");
    }
    try {
      return numbers.isPossibleNumber(parse(number))
          ? Optional.empty()
          : Optional.of("has not the length of a number of that country");
    } catch (NumberParseException e) {
      return Optional.of("has no country code that exists");
    }
  }

  /// Why a well-formed number may not be called, if it may not.
  Optional<String> forbidden(String number) {
    try {
      PhoneNumber parsed = parse(number);
      String region = numbers.getRegionCodeForNumber(parsed);
      String country =
          region == null ? numbers.getRegionCodeForCountryCode(parsed.getCountryCode()) : region;
      if (!countries.contains(country)) {
        return Optional.of("is in " + country + ", where calls are not allowed");
      }
      return COSTLY.contains(numbers.getNumberType(parsed))
          ? Optional.of("is a number that costs extra")
          : Optional.empty();
    } catch (NumberParseException e) {
      return Optional.of("has no country code that exists");
    }
  }

  private PhoneNumber parse(String number) throws NumberParseException {
    return numbers.parse(number, PhoneNumberUtil.REGION_CODE_FOR_NON_GEO_ENTITY);
  }
}
