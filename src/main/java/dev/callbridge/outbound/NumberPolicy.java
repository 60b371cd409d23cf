package dev.callbridge.outbound;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import com.google.i18n.phonenumbers.ShortNumberInfo;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Which numbers may be called: those of the allowed countries, and none that cost extra, reach
/// satellites or are not for everybody to ring.
@Component
final class NumberPolicy {

  private static final Set<PhoneNumberType> COSTLY =
      EnumSet.of(
          PhoneNumberType.PREMIUM_RATE,
          PhoneNumberType.SHARED_COST,
          PhoneNumberType.UAN,
          PhoneNumberType.PERSONAL_NUMBER,
          PhoneNumberType.PAGER);

  /// Canada's area code for satellite telephones, priced as such and not marked in the library.
  private static final String CANADIAN_SATELLITES = "+1600";

  private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
  private final ShortNumberInfo shortNumbers = ShortNumberInfo.getInstance();
  private final Set<String> countries;

  NumberPolicy(OutboundSettings settings) {
    countries = settings.countries();
    readAllCountries();
  }

  /// The library reads a country's numbers from a file when it first meets one: here, at the start,
  /// and not on an event loop.
  private void readAllCountries() {
    numbers
        .getSupportedRegions()
        .forEach(region -> {
          numbers.getExampleNumber(region);
          shortNumbers.isEmergencyNumber("112", region);
        });
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
      return numbers.isPossibleNumberWithReason(parse(number)) == ValidationResult.IS_POSSIBLE
          ? Optional.empty()
          : Optional.of("has not the length of a number of that country");
    } catch (NumberParseException e) {
      return Optional.of("has no country code that exists");
    }
  }

  /// Why a well-formed number may not be called, if it may not.
  ///
  /// @param own fewer countries than are configured, where somebody has only those
  Optional<String> forbidden(String number, @Nullable Set<String> own) {
    PhoneNumber parsed;
    try {
      parsed = parse(number);
    } catch (NumberParseException e) {
      return Optional.of("has no country code that exists");
    }
    String region = numbers.getRegionCodeForNumber(parsed);
    String country =
        region == null ? numbers.getRegionCodeForCountryCode(parsed.getCountryCode()) : region;
    if (country.equals(PhoneNumberUtil.REGION_CODE_FOR_NON_GEO_ENTITY)) {
      return Optional.of("is of no country (001), such as satellite telephones");
    } else if (!countries.contains(country) || (own != null && !own.contains(country))) {
      return Optional.of("is in " + country + ", where calls are not allowed");
    } else if (number.startsWith(CANADIAN_SATELLITES)) {
      return Optional.of("is a satellite telephone");
    } else if (isShort(parsed, country)) {
      return Optional.of("is an emergency or short number");
    }
    return COSTLY.contains(numbers.getNumberType(parsed))
        ? Optional.of("is a number that costs extra")
        : Optional.empty();
  }

  /// Some short numbers are long enough to look like others once a country code stands before them.
  private boolean isShort(PhoneNumber number, String country) {
    String national = numbers.getNationalSignificantNumber(number);
    return shortNumbers.isEmergencyNumber(national, country)
        || (!numbers.isValidNumber(number)
            && shortNumbers.isValidShortNumberForRegion(number, country));
  }

  private PhoneNumber parse(String number) throws NumberParseException {
    return numbers.parse(number, PhoneNumberUtil.REGION_CODE_FOR_NON_GEO_ENTITY);
  }
}
