package dev.millrace.examples;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A text as parallel streams, each one part of it, that are read side by side in pieces: what a
 * network remembers of one piece is there for the next.
 *
 * @param ids the symbols' numbers, [streams][symbols]
 * @param steps symbols of a piece
 */
@SuppressWarnings("ArrayRecordComponent") // streams are never compared
record Streams(int[][] ids, int steps) {
  /** Cuts a text into so many streams; what is left over at its end is not used. */
  static Streams of(int[] text, int streams, int steps) {
    int each = text.length / streams;
    int[][] ids = new int[streams][];
    for (int i = 0; i < streams; i++) {
      ids[i] = Arrays.copyOfRange(text, i * each, (i + 1) * each);
    }
    return new Streams(ids, steps);
  }

  /** How many whole pieces there are; the last symbol of a stream is only a target. */
  int pieces() {
    return (ids[0].length - 1) / steps;
  }

  /** The symbols of a piece, [streams][steps]. */
  int[][] inputs(int piece) {
    return cut(piece * steps);
  }

  /** What comes after each of them. */
  int[][] targets(int piece) {
    return cut(piece * steps + 1);
  }

  private int[][] cut(int from) {
    return Stream.of(ids).map(s -> Arrays.copyOfRange(s, from, from + steps)).toArray(int[][]::new);
  }
}
