package dev.callbridge;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.HostnameVerifier;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Who may know whom. A package that is not in the table has no place yet.
final class ArchitectureTests {

  private static final String OURS = "dev.callbridge";

  private static final JavaClasses CODE = code();

  private static final ArchRule TRUST =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "javax\\.net\\.ssl\\.(.*TrustManager.*|HostnameVerifier|SSLParameters)"
                  + "|io\\.netty\\.handler\\.ssl\\.(SslContextBuilder|util\\..*)")
          .because("credentials and voices go to whoever is trusted: that is for the JVM to say");

  private static final Map<String, Set<String>> MAY_IMPORT =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("access", Set.of("secrets", "call", "requests")),
              Map.entry("aftercall", Set.of("secrets", "twilio", "elevenlabs", "call")),
              Map.entry("agent", Set.of("audio")),
              Map.entry("announcements", Set.of("agent", "assistants", "speech")),
              Map.entry("apidocs", Set.of()),
              Map.entry("assistants", Set.of("secrets", "requests")),
              Map.entry("audio", Set.of()),
              Map.entry(
                  "bridge",
                  Set.of(
                      "twilio",
                      "agent",
                      "audio",
                      "call",
                      "assistants",
                      "sockets",
                      "machines",
                      "tools",
                      "own",
                      "speech",
                      "steering",
                      "announcements")),
              Map.entry("call", Set.of()),
              Map.entry(
                  "diagnostics", Set.of("secrets", "twilio", "elevenlabs", "call", "assistants")),
              Map.entry("elevenlabs", Set.of("secrets", "agent", "audio", "sockets")),
              Map.entry("live", Set.of("call", "requests", "sockets")),
              Map.entry("machines", Set.of("twilio", "call", "assistants")),
              Map.entry("outbound", Set.of("twilio", "call", "assistants", "requests")),
              Map.entry("requests", Set.of()),
              Map.entry(
                  "own", Set.of("secrets", "agent", "assistants", "audio", "speech", "tools")),
              Map.entry("reservations", Set.of("call", "requests", "tools")),
              Map.entry(
                  "sandbox", Set.of("secrets", "twilio", "elevenlabs", "audio", "call", "sockets")),
              Map.entry("secrets", Set.of()),
              Map.entry("settling", Set.of("twilio", "elevenlabs", "call")),
              Map.entry("sockets", Set.of()),
              Map.entry(
                  "speech",
                  Set.of("secrets", "agent", "audio", "elevenlabs", "requests", "sockets")),
              Map.entry(
                  "steering", Set.of("call", "assistants", "elevenlabs", "requests", "speech")),
              Map.entry("tools", Set.of("call")),
              Map.entry("telephony", Set.of("twilio", "call", "assistants", "machines")),
              Map.entry("telemetry", Set.of("call")),
              Map.entry("twilio", Set.of("secrets", "audio"))));

  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)((api|agent)_?keys?|token|secret|passw|credential|signed_?url|authorization)");

  private static final Map<String, String> NO_SECRETS =
      Map.of(
          "Idempotency.apiKey", "whose key it was, by its name",
          "Origin.apiKey", "the same",
          "Facts.signedUrl", "why none is given",
          "DialogflowSettings.credentials", "the path of a file",
          "Dialogflow.credentials", "the path of a file");

  /// Names are all that the rules ask of other people's classes: reading those takes half a minute.
  private static JavaClasses code() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages(OURS);
  }

  static Stream<String> packages() {
    return MAY_IMPORT.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageImportsOnlyWhatTheTableAllows(String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), MAY_IMPORT.getOrDefault(name, Set.of()).stream())
            .map(other -> OURS + "." + other + "..")
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(OURS + "." + name + "..")
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(OURS + "..").or(resideInAnyPackage(allowed)))
        .check(CODE);
  }

  @Test
  void everyPackageIsInTheTable() {
    assertThat(CODE.getPackage(OURS).getSubpackages().stream().map(JavaPackage::getRelativeName))
        .containsExactlyInAnyOrderElementsOf(MAY_IMPORT.keySet());
  }

  @Test
  void theStartOfTheApplicationKnowsNoFeature() {
    classes()
        .that()
        .resideInAPackage(OURS)
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(OURS + "..").or(resideInAnyPackage(OURS, OURS + ".secrets")))
        .check(CODE);
  }

  @Test
  void nothingImportsTheSandbox() {
    noClasses()
        .that()
        .resideOutsideOfPackage(OURS + ".sandbox..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(OURS + ".sandbox..")
        .check(CODE);
  }

  @Test
  void packagesAreFreeOfTangles() {
    slices().matching(OURS + ".(*)..").should().beFreeOfCycles().check(CODE);
    slices().matching(OURS + ".sandbox.(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void jsonIsReadByJackson3Only() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core..")
        .because("its mappers know nothing of the limits that ours are built with")
        .check(CODE);
  }

  @Test
  void everyPackageIsNullMarked() {
    JavaPackage root = CODE.getPackage(OURS);
    assertThat(Stream.concat(Stream.of(root), root.getSubpackagesInTree().stream()))
        .allSatisfy(p -> assertThat(p.isAnnotatedWith(NullMarked.class)).as(p.getName()).isTrue());
  }

  /// The sandbox's are known to everybody. An exception that is none any more fails too.
  @Test
  void whatIsNamedLikeASecretIsOfATypeThatDoesNotPrint() {
    assertThat(
            CODE.stream()
                .filter(type -> !type.getPackageName().startsWith(OURS + ".sandbox"))
                .flatMap(type -> type.getFields().stream())
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                .filter(field -> SECRET.matcher(field.getName()).find())
                .filter(field -> isText(field.getType()))
                .map(field -> field.getOwner().getSimpleName() + "." + field.getName()))
        .containsExactlyInAnyOrderElementsOf(NO_SECRETS.keySet());
  }

  /// Text, or something that holds it: of a map, its values.
  private static boolean isText(JavaType type) {
    return type instanceof JavaParameterizedType generic
        ? isText(generic.getActualTypeArguments().getLast())
        : type.toErasure().isEquivalentTo(String.class)
            || type.toErasure().isEquivalentTo(CharSequence.class)
            || type.toErasure().isEquivalentTo(char[].class);
  }

  @Test
  void nothingButTheSandboxWaitsForAPublisher() {
    noClasses()
        .that()
        .resideOutsideOfPackage(OURS + ".sandbox..")
        .should()
        .callMethodWhere(describe("it blocks", ArchitectureTests::blocks))
        .because("a thread that waits may be an event loop, with hundreds of calls on it")
        .check(CODE);
  }

  @Test
  void nobodySaysForHimselfWhichCertificatesAreGood() {
    TRUST.check(CODE);
    JavaClasses careless = new ClassFileImporter().importClasses(Careless.class);
    assertThat(TRUST.evaluate(careless).hasViolation()).isTrue();
  }

  private static final class Careless {
    private final HostnameVerifier anybody = (_, _) -> true;

    @Override
    public String toString() {
      return "Careless[" + anybody + "]";
    }
  }

  private static boolean blocks(JavaCall<?> call) {
    String owner = call.getTargetOwner().getName();
    return (owner.equals(Mono.class.getName()) || owner.equals(Flux.class.getName()))
        && (call.getName().startsWith("block")
            || Set.of("toIterable", "toStream", "toFuture").contains(call.getName()));
  }
}
