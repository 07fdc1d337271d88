package dev.millrace.session.summary;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes sounds as WAV files of 16 bits. */
public final class Wav {
  private static final int HEADER = 44;
  private static final int FORMAT_BYTES = 16;
  private static final int BYTES = 2;
  private static final float SCALE = 1 << 15;

  private Wav() {}

  /**
   * A WAV file.
   *
   * @param samples by frame and channel, from {@code at} on, in [-1, 1]
   */
  public static byte[] encode(float[] samples, int at, int frames, int channels, int rate) {
    int data = Math.multiplyExact(Math.multiplyExact(frames, channels), BYTES);
    ByteBuffer b = ByteBuffer.allocate(HEADER + data).order(ByteOrder.LITTLE_ENDIAN);
    text(b, "RIFF");
    b.putInt(HEADER - 8 + data);
    text(b, "WAVE");
    text(b, "fmt ");
    b.putInt(FORMAT_BYTES);
    b.putShort((short) 1); // not compressed
    b.putShort((short) channels);
    b.putInt(rate);
    b.putInt(rate * channels * BYTES);
    b.putShort((short) (channels * BYTES));
    b.putShort((short) (BYTES * Byte.SIZE));
    text(b, "data");
    b.putInt(data);
    for (int i = 0; i < frames * channels; i++) {
      float x = samples[at + i] * SCALE;
      float away = x < 0 ? (float) -Math.floor(-x + 0.5) : (float) Math.floor(x + 0.5);
      b.putShort((short) Math.min(Math.max(away, Short.MIN_VALUE), Short.MAX_VALUE));
    }
    return b.array();
  }

  private static void text(ByteBuffer b, String s) {
    b.put(s.getBytes(StandardCharsets.US_ASCII));
  }
}
