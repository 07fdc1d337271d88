package dev.millrace.session.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The functions of the C library, for the uniform numbers from which normal ones are made. */
class LibmFloatsTest {
  private static final int UNIFORMS = 1 << 23;
  private static final int STEP = 31;

  private static float uniform(int k) {
    return Float.intBitsToFloat(127 << 23 | k) - 1;
  }

  /** The checksum is of what glibc 2.36 gives; logf, then both results of sincosf. */
  @Test
  void givesTheBitsOfTheLibrary() {
    CRC32 sum = new CRC32();
    ByteBuffer b = ByteBuffer.allocate(3 * Float.BYTES);
    float[] pair = new float[2];
    for (int k = 0; k < UNIFORMS; k += STEP) {
      float u = Math.max(uniform(k), 1e-7f);
      LibmFloats.sinCos((float) (2 * Math.PI * uniform(k)), pair);
      b.clear();
      b.putFloat(LibmFloats.log(u)).putFloat(pair[0]).putFloat(pair[1]);
      sum.update(b.array());
    }
    assertThat(sum.getValue()).isEqualTo(0xa6150a69L);
  }

  @Test
  void isCloseToTheTruth() {
    float[] pair = new float[2];
    for (int k = 1; k < UNIFORMS; k += 997) {
      float u = uniform(k);
      float angle = (float) (2 * Math.PI * u);
      LibmFloats.sinCos(angle, pair);
      assertNear(LibmFloats.log(u), Math.log(u));
      assertNear(pair[0], Math.sin(angle));
      assertNear(pair[1], Math.cos(angle));
    }
  }

  private static void assertNear(float got, double want) {
    assertThat(Math.abs(got - want)).isLessThanOrEqualTo(0.9 * Math.ulp((float) want));
  }
}
