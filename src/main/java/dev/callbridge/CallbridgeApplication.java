package dev.callbridge;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/// Starts Callbridge. What it needs from its surroundings is in `application.yml`.
@SpringBootApplication
@ConfigurationPropertiesScan
public class CallbridgeApplication {

  public static void main(String[] args) {
    SpringApplication.run(CallbridgeApplication.class, args);
  }
}
