package dev.callbridge.faults;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The fault of the catalogue that a test makes.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Fault {

  /// Its number, or several.
  String value();

  String injected();

  String expected();
}
