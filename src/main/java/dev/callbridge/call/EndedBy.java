package dev.callbridge.call;

/// Whose doing the end of a call was.
public enum EndedBy {
  CALLER,
  AGENT,
  OPERATOR,
  LIMIT,
  CARRIER,
  RELAY
}
