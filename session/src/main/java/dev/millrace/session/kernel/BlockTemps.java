package dev.millrace.session.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/**
 * Intermediate values inside one instruction on a block of at most {@link Scratch#BLOCK} elements.
 * Apart from a {@link Scratch}'s arrays, which hold the operands, so that an instruction cannot
 * overwrite them. Used by one thread at a time.
 */
public final class BlockTemps {
  /** Arrays of one block each; nothing is kept in them from one instruction to the next. */
  public final float[] f = new float[Scratch.BLOCK];

  public final float[] g = new float[Scratch.BLOCK];
  public final float[] h = new float[Scratch.BLOCK];
  public final int[] i = new int[Scratch.BLOCK];
  public final int[] j = new int[Scratch.BLOCK];

  /** For instructions that are built from others, which leave these two alone. */
  public final float[] p = new float[Scratch.BLOCK];

  public final float[] q = new float[Scratch.BLOCK];
  public final double[] d = new double[Scratch.BLOCK];

  private final FloatBuffer floats;
  private final IntBuffer ints;
  private final DoubleBuffer doubles;
  private final LongBuffer longs;

  /** New ones, with a block of off-heap memory through which bits pass. */
  public BlockTemps() {
    ByteBuffer b =
        ByteBuffer.allocateDirect(Scratch.BLOCK * Double.BYTES).order(ByteOrder.nativeOrder());
    floats = b.asFloatBuffer();
    ints = b.asIntBuffer();
    doubles = b.asDoubleBuffer();
    longs = b.asLongBuffer();
  }

  /**
   * The bits of {@code n} floats: a bulk copy or two, where {@code floatToRawIntBits} would keep a
   * loop from being vectorised.
   */
  public void bits(float[] from, int[] to, int n) {
    if (BitCopy.AVAILABLE) {
      BitCopy.copy(from, to, n);
      return;
    }
    floats.put(0, from, 0, n);
    ints.get(0, to, 0, n);
  }

  /** The floats of {@code n} bit patterns. */
  public void floats(int[] from, float[] to, int n) {
    if (BitCopy.AVAILABLE) {
      BitCopy.copy(from, to, n);
      return;
    }
    ints.put(0, from, 0, n);
    floats.get(0, to, 0, n);
  }

  /** The bits of {@code n} doubles. */
  public void bits(double[] from, long[] to, int n) {
    if (BitCopy.AVAILABLE) {
      BitCopy.copy(from, to, n);
      return;
    }
    doubles.put(0, from, 0, n);
    longs.get(0, to, 0, n);
  }

  /** The doubles of {@code n} bit patterns. */
  public void doubles(long[] from, double[] to, int n) {
    if (BitCopy.AVAILABLE) {
      BitCopy.copy(from, to, n);
      return;
    }
    longs.put(0, from, 0, n);
    doubles.get(0, to, 0, n);
  }
}
