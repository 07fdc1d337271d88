package dev.millrace.graph.checkpoint;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.MaskedCrc32c;
import dev.millrace.graph.ResourceExhaustedException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.BundleEntryProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/**
 * The elements of string tensors: all lengths, a checksum of the lengths, and the bytes. The
 * checksums see a length as four bytes, not as it is written.
 */
final class StringElements {
  private StringElements() {}

  static TensorValue read(BundleEntryProto at, Shape shape, BundleReader.Range from)
      throws IOException {
    long n = shape.numElements();
    if (n > at.getSize()) {
      throw new DataLossException(at.getSize() + " bytes cannot hold " + n + " strings");
    }
    if (at.getSize() > Integer.MAX_VALUE - 64) {
      throw new ResourceExhaustedException(
          at.getSize() + " bytes of strings are too many for one value");
    }
    ByteBuffer in = ByteBuffer.allocate((int) at.getSize()).order(ByteOrder.LITTLE_ENDIAN);
    from.fill(in);
    in.flip();
    CRC32C crc = from.crc();
    TensorValue v = TensorValue.zeros(DataType.STRING, shape);
    try {
      int[] lengths = new int[v.size()];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = Varints.readLength(in);
        crc.update(little(lengths[i]));
      }
      if (v.size() > 0 || in.hasRemaining()) {
        int want = in.getInt();
        if (MaskedCrc32c.of(crc) != want) {
          throw new DataLossException("the lengths of its strings are damaged");
        }
        crc.update(little(want));
      }
      byte[][] strings = v.strings();
      for (int i = 0; i < lengths.length; i++) {
        if (lengths[i] > in.remaining()) {
          throw new DataLossException("its strings would have more bytes than it has");
        }
        strings[i] = new byte[lengths[i]];
        in.get(strings[i]);
        crc.update(strings[i]);
      }
    } catch (BufferUnderflowException | NumberFormatException e) {
      throw new DataLossException("its strings cannot be read", e);
    }
    from.requireChecksum(at.getCrc32C());
    return v;
  }

  /** Writes the elements; {@code crc} sees what the checksum is of. */
  static void write(TensorValue v, WritableByteChannel to, CRC32C crc) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (byte[] s : v.strings()) {
      Varints.write(head, s.length);
      crc.update(little(s.length));
    }
    byte[] checksum = little(MaskedCrc32c.of(crc));
    crc.update(checksum);
    head.writeBytes(checksum);
    to.write(ByteBuffer.wrap(head.toByteArray()));
    for (byte[] s : v.strings()) {
      to.write(ByteBuffer.wrap(s));
      crc.update(s);
    }
  }

  private static byte[] little(int x) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(x).array();
  }
}
