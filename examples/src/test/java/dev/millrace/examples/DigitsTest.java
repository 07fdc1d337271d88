package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class DigitsTest {
  @Test
  void theSameSeedDrawsTheSameDigits() {
    LabelledImages first = Digits.draw(20, 7);
    LabelledImages second = Digits.draw(20, 7);
    assertThat(second.pixels()).isDeepEqualTo(first.pixels());
    assertThat(second.labels()).isEqualTo(first.labels());
    assertThat(Digits.draw(20, 8).pixels()[0]).isNotEqualTo(first.pixels()[0]);
  }

  /** Whoever changes the drawing changes what programs with a fixed seed learn. */
  @Test
  void drawingIsTheSameOnEveryMachine() {
    CRC32 crc = new CRC32();
    LabelledImages digits = Digits.draw(50, 1);
    for (float[] image : digits.pixels()) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * image.length);
      bytes.asFloatBuffer().put(image);
      crc.update(bytes.array());
    }
    assertThat(Long.toHexString(crc.getValue())).isEqualTo("b40ff170");
  }

  @Test
  void imagesAreInkOnAnEmptyPage() {
    LabelledImages digits = Digits.draw(500, 3);
    for (float[] image : digits.pixels()) {
      assertThat(image).hasSize(784);
      double ink = 0;
      for (float p : image) {
        assertThat(p).isBetween(0f, 1f);
        ink += p;
      }
      assertThat(ink / 784).isBetween(0.02, 0.4);
    }
  }

  @Test
  void allTenClassesAreDrawn() {
    int[] counts = new int[10];
    for (int label : Digits.draw(1000, 4).labels()) {
      counts[label]++;
    }
    assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(60);
  }

  @Test
  void shufflingKeepsImagesAndLabelsTogether() {
    LabelledImages digits = Digits.draw(30, 5);
    LabelledImages shuffled = digits.shuffled(new Random(1));
    assertThat(shuffled.labels()).isNotEqualTo(digits.labels());
    for (int i = 0; i < 30; i++) {
      int was = Arrays.asList(digits.pixels()).indexOf(shuffled.pixels()[i]);
      assertThat(digits.labels()[was]).isEqualTo(shuffled.labels()[i]);
    }
  }
}
