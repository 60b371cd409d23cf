package dev.callbridge.reservations;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param assistant who calls restaurants, where a request names nobody else
@ConfigurationProperties("callbridge.reservations")
record ReservationSettings(@DefaultValue("default") String assistant) {}
