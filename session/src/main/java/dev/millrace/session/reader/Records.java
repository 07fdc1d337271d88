package dev.millrace.session.reader;

import java.io.Closeable;
import java.io.IOException;

/** The records of one file, or of another piece of work. */
interface Records extends Closeable {
  /** A record and what it is called. */
  final class Item {
    private final byte[] key;
    private final byte[] value;

    Item(byte[] key, byte[] value) {
      this.key = key;
      this.value = value;
    }

    byte[] key() {
      return key;
    }

    byte[] value() {
      return value;
    }
  }

  /** The next record, or null at the end. */
  Item next() throws IOException;

  /** Whether it is known already that no further record comes. */
  default boolean isOver() {
    return false;
  }

  /** Opens pieces of work. */
  @FunctionalInterface
  interface Opener {
    Records open(byte[] work) throws IOException;
  }
}
