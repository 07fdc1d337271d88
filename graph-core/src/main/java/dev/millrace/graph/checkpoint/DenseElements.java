package dev.millrace.graph.checkpoint;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** The elements of dense tensors as bytes, little-endian, in chunks. */
final class DenseElements {
  private static final int CHUNK = 1 << 16;

  private DenseElements() {}

  /** Fills {@code v} with all of {@code from}. */
  static void read(TensorValue v, BundleReader.Range from) throws IOException {
    ByteBuffer chunk = buffer(from.left());
    int width = storageWidth(v.dtype());
    for (int at = 0; from.left() > 0; at += chunk.limit() / width) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), from.left()));
      from.read(chunk);
      get(v.data(), at, chunk.flip(), chunk.limit() / width);
    }
    if (v.dtype() == DataType.BOOL) {
      byte[] a = v.bytes();
      for (int i = 0; i < a.length; i++) {
        a[i] = (byte) (a[i] == 0 ? 0 : 1);
      }
    }
  }

  /** Writes all of {@code v}. */
  static void write(TensorValue v, WritableByteChannel to) throws IOException {
    long bytes = (long) v.size() * v.dtype().size();
    ByteBuffer chunk = buffer(bytes);
    int width = storageWidth(v.dtype());
    long left = bytes;
    for (int at = 0; left > 0; at += chunk.limit() / width) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), left));
      put(v.data(), at, chunk, chunk.limit() / width);
      left -= chunk.limit();
      chunk.position(0);
      while (chunk.hasRemaining()) {
        to.write(chunk);
      }
    }
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate((int) Math.min(CHUNK, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes of one entry of a value's array: of a complex number there are two. */
  private static int storageWidth(DataType dtype) {
    return dtype.isComplex() ? dtype.size() / 2 : dtype.size();
  }

  private static void get(Object to, int at, ByteBuffer from, int n) {
    if (to instanceof float[] a) {
      from.asFloatBuffer().get(a, at, n);
    } else if (to instanceof double[] a) {
      from.asDoubleBuffer().get(a, at, n);
    } else if (to instanceof int[] a) {
      from.asIntBuffer().get(a, at, n);
    } else if (to instanceof long[] a) {
      from.asLongBuffer().get(a, at, n);
    } else if (to instanceof short[] a) {
      from.asShortBuffer().get(a, at, n);
    } else {
      from.get((byte[]) to, at, n);
    }
  }

  private static void put(Object from, int at, ByteBuffer to, int n) {
    if (from instanceof float[] a) {
      to.asFloatBuffer().put(a, at, n);
    } else if (from instanceof double[] a) {
      to.asDoubleBuffer().put(a, at, n);
    } else if (from instanceof int[] a) {
      to.asIntBuffer().put(a, at, n);
    } else if (from instanceof long[] a) {
      to.asLongBuffer().put(a, at, n);
    } else if (from instanceof short[] a) {
      to.asShortBuffer().put(a, at, n);
    } else {
      to.put((byte[]) from, at, n);
    }
  }
}
