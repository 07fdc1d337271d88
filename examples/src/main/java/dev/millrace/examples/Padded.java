package dev.millrace.examples;

import java.util.Arrays;
import java.util.List;

/**
 * Sequences of different lengths as one array: shorter ones are filled up behind.
 *
 * @param ids [sequences][time]
 * @param lengths how long each sequence is
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Padded(int[][] ids, int[] lengths) {
  /**
   * Pads sequences to the length of the longest.
   *
   * @param filler what stands behind the end
   * @param multiple the length is rounded up to one, so that few different ones come up: each is
   *     planned for once
   */
  static Padded of(List<int[]> sequences, int filler, int multiple) {
    int[] lengths = sequences.stream().mapToInt(s -> s.length).toArray();
    int longest = Math.max(1, Arrays.stream(lengths).max().orElse(1));
    int time = (longest + multiple - 1) / multiple * multiple;
    int[][] ids = new int[lengths.length][time];
    for (int i = 0; i < ids.length; i++) {
      Arrays.fill(ids[i], filler);
      System.arraycopy(sequences.get(i), 0, ids[i], 0, lengths[i]);
    }
    return new Padded(ids, lengths);
  }
}
