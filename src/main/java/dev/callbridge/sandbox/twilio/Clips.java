package dev.callbridge.sandbox.twilio;

/// What the people on the line say: a clip's name to its sound, headerless mu-law at 8 kHz.
@FunctionalInterface
public interface Clips {

  byte[] clip(String name);

  /// Stands in for recorded speech: a tone whose length and pitch follow from the name.
  static Clips tones() {
    return name -> Mulaw.tone(300 + Math.floorMod(name.hashCode(), 400), 600 + 40 * name.length());
  }
}
