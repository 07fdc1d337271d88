package dev.millrace.session.summary;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes pictures of 8 bits a channel as PNG files. */
public final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int[] COLOUR_TYPES = {0, 0, 4, 2, 6}; // by number of channels
  private static final int BITS = 8;

  private Png() {}

  /**
   * A PNG file.
   *
   * @param channels 1 grey, 2 grey with alpha, 3 colours, 4 with alpha
   * @param pixels by row, column and channel, from {@code at} on
   */
  public static byte[] encode(int height, int width, int channels, byte[] pixels, int at) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      file.write(SIGNATURE);
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      DataOutputStream h = new DataOutputStream(header);
      h.writeInt(width);
      h.writeInt(height);
      h.write(new byte[] {BITS, (byte) COLOUR_TYPES[channels], 0, 0, 0});
      chunk(file, "IHDR", header.toByteArray());
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (DeflaterOutputStream rows = new DeflaterOutputStream(packed)) {
        int line = width * channels;
        for (int y = 0; y < height; y++) {
          rows.write(0); // the row as it is
          rows.write(pixels, at + y * line, line);
        }
      }
      chunk(file, "IDAT", packed.toByteArray());
      chunk(file, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data)
      throws IOException {
    DataOutputStream out = new DataOutputStream(file);
    out.writeInt(data.length);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    out.write(name);
    out.write(data);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeInt((int) crc.getValue());
  }
}
