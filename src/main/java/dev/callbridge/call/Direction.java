package dev.callbridge.call;

/// Who rang whom: `INBOUND` the caller rang us, `OUTBOUND` we rang.
public enum Direction {
  INBOUND,
  OUTBOUND
}
