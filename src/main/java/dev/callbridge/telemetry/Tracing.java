package dev.callbridge.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// OpenTelemetry as its own environment variables set it up (`OTEL_EXPORTER_OTLP_ENDPOINT`,
/// `OTEL_TRACES_SAMPLER`, ...), off unless an endpoint is given.
@Configuration(proxyBeanMethods = false)
class Tracing {

  /// @param endpoint of an OTLP collector over HTTP, such as `http://localhost:4318`; empty for no
  ///   traces
  @ConfigurationProperties("callbridge.tracing")
  record Settings(@DefaultValue("") String endpoint) {}

  @Bean(destroyMethod = "close")
  OpenTelemetry openTelemetry(Settings settings) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .disableShutdownHook()
        .addPropertiesSupplier(() ->
            Map.of(
                "otel.service.name", "callbridge",
                "otel.traces.exporter", settings.endpoint().isEmpty() ? "none" : "otlp",
                "otel.exporter.otlp.endpoint", settings.endpoint(),
                "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none"))
        .addTracerProviderCustomizer((traces, _) -> traces.setIdGenerator(new CallTraceIds()))
        .build()
        .getOpenTelemetrySdk();
  }
}
