package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class MaskedCrc32cTest {
  private static final byte[] DIGITS = "123456789".getBytes(StandardCharsets.US_ASCII);

  @Test
  void theCheckValueOfCrc32cIsMasked() {
    int crc = 0xe3069283; // the check value of the polynomial, RFC 3720
    assertThat(MaskedCrc32c.of(DIGITS, 0, 9)).isEqualTo(MaskedCrc32c.mask(crc));
    assertThat(MaskedCrc32c.of(ByteBuffer.wrap(DIGITS))).isEqualTo(MaskedCrc32c.mask(crc));
    // Rotated right by 15 bits, plus 0xa282ead8.
    assertThat(MaskedCrc32c.mask(crc)).isEqualTo(0xc78ab0e5);
  }

  @Test
  void unmaskingUndoesMasking() {
    CRC32C crc = new CRC32C();
    for (int i = 0; i < 1000; i++) {
      crc.update(i);
      int x = (int) crc.getValue();
      assertThat(MaskedCrc32c.unmask(MaskedCrc32c.mask(x))).isEqualTo(x);
      assertThat(MaskedCrc32c.mask(x)).isNotEqualTo(x);
    }
  }
}
