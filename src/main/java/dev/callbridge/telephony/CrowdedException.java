package dev.callbridge.telephony;

/// More calls come in than can be set up: this one has not had its turn. Nothing is broken.
final class CrowdedException extends RuntimeException {

  CrowdedException(String message) {
    // Its stack says nothing, and costs what is short.
    super(message, null, false, false);
  }
}
