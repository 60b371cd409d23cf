package dev.callbridge;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/// Starts Callbridge. What it needs from its surroundings is in `application.yml`.
@SpringBootApplication
@ConfigurationPropertiesScan
public class CallbridgeApplication {

  public static void main(String[] args) {
    oneEventLoopPerCore();
    SpringApplication application = new SpringApplication(CallbridgeApplication.class);
    application.addInitializers(new SettingsCheck());
    // Only a process of its own answers signals.
    application.setDefaultProperties(Map.of("callbridge.relay.signals", "true"));
    application.run(args);
  }

  /// Reactor Netty starts four at the least. More loops than cores cost context switches and spread
  /// over many wake-ups what one could read at once.
  private static void oneEventLoopPerCore() {
    String property = "reactor.netty.ioWorkerCount";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "" + Runtime.getRuntime().availableProcessors());
    }
  }
}
