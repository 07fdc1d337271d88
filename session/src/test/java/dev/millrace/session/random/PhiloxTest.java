package dev.millrace.session.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  private static int[] block(Philox p, long n) {
    int[] r = new int[4];
    p.block(n, r, 0);
    return r;
  }

  /** The known answers that the authors of Philox publish with their library, Random123. */
  @Test
  void givesTheKnownAnswers() {
    assertThat(block(new Philox(0, 0), 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(block(new Philox(-1, -1).skip(-1), 0))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(block(new Philox(0x299f31d0a4093822L, 0x0370734413198a2eL), 0x85a308d3243f6a88L))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void skippingAndCountingMeetInTheSameBlock() {
    Philox p = new Philox(12, 34);
    assertThat(block(p.skip(5), 7)).containsExactly(block(p, 12));
    assertThat(block(p.skip(1L << 40).skip(3), 0)).containsExactly(block(p, (1L << 40) + 3));
  }

  @Test
  void theCounterCarriesIntoItsUpperHalf() {
    Philox last = new Philox(12, 34).skip(-1);
    assertThat(block(last, 1)).containsExactly(block(new Philox(12, 35), 0));
    assertThat(block(last.skip(1), 0)).containsExactly(block(new Philox(12, 35), 0));
  }

  @Test
  void aStreamIsDealtOutWithoutOverlap() {
    PhiloxStream stream = PhiloxStream.ofSeeds(1, 2);
    Set<Integer> firstNumbers = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 64)
        .parallel()
        .forEach(i -> firstNumbers.add(block(stream.reserveOutputs(3), 0)[0]));
    Set<Integer> expected = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 64; i++) {
      expected.add(block(new Philox(1, 2), i * 3L * PhiloxStream.BLOCKS_PER_OUTPUT)[0]);
    }
    assertThat(firstNumbers).isEqualTo(expected);
  }

  @Test
  void withoutSeedsNoTwoStreamsAreAlike() {
    assertThat(block(PhiloxStream.ofSeeds(0, 0).reserveBlocks(1), 0))
        .isNotEqualTo(block(PhiloxStream.ofSeeds(0, 0).reserveBlocks(1), 0));
    assertThat(block(PhiloxStream.ofSeeds(0, 1).reserveBlocks(1), 0))
        .isEqualTo(block(PhiloxStream.ofSeeds(0, 1).reserveBlocks(1), 0));
  }
}
