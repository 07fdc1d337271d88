package dev.millrace.session.memory;

import dev.millrace.graph.ResourceExhaustedException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The memory in which one dense tensor lies, as NIO buffers for Java code and as addresses for
 * native code.
 *
 * <p>A region of an arena stays where it is. One that stands for a fed array or a variable may be
 * bound to other memory between runs, so kernels ask it for its buffers at every run and keep none
 * in a field. The buffers are views of the whole region: use their absolute {@code get} and {@code
 * put}, for several threads share them.
 */
public final class Region {
  private Object owner;
  private long address;
  private long size;
  private volatile ByteBuffer bytes;
  // Made when first asked for, since few of them are; volatile because the threads of a step may
  // ask at the same time.
  private volatile FloatBuffer floats;
  private volatile DoubleBuffer doubles;
  private volatile IntBuffer ints;
  private volatile LongBuffer longs;
  private volatile ShortBuffer shorts;
  private final FloatView floatPointer = new FloatView();
  private final DoubleView doublePointer = new DoubleView();

  /** A region bound to nothing yet. */
  public Region() {}

  /**
   * Binds this to memory.
   *
   * @param owner what keeps the memory from being freed
   * @param bytes at most 2 GiB, the limit of a Java buffer
   */
  public void bind(Object owner, long address, long bytes) {
    this.owner = owner;
    if (address == this.address && bytes == this.size && this.bytes != null) {
      return;
    }
    if (bytes > Integer.MAX_VALUE) {
      throw new ResourceExhaustedException(
          "a tensor of "
              + bytes
              + " bytes: at most "
              + Integer.MAX_VALUE
              + " can be computed with");
    }
    this.address = address;
    this.size = bytes;
    // Through a BytePointer proper: for its subclasses JavaCPP looks the element size up in a table
    // that is unsafe to read while another thread loads a native library.
    ByteBuffer b =
        bytes == 0
            ? ByteBuffer.allocateDirect(0)
            : new BytePointer(new ByteView(address, bytes)).asByteBuffer();
    this.bytes = b.order(ByteOrder.nativeOrder());
    floats = null;
    doubles = null;
    ints = null;
    longs = null;
    shorts = null;
    floatPointer.set(address, bytes / Float.BYTES);
    doublePointer.set(address, bytes / Double.BYTES);
  }

  /** Binds this to the memory of another region. */
  public void bind(Region other) {
    owner = other.owner;
    if (address == other.address && size == other.size && bytes != null) {
      return;
    }
    address = other.address;
    size = other.size;
    bytes = other.bytes;
    floats = other.floats;
    doubles = other.doubles;
    ints = other.ints;
    longs = other.longs;
    shorts = other.shorts;
    floatPointer.set(address, size / Float.BYTES);
    doublePointer.set(address, size / Double.BYTES);
  }

  /**
   * What keeps the memory from being freed; native code that uses addresses must keep it reachable.
   */
  public Object owner() {
    return owner;
  }

  public long address() {
    return address;
  }

  /** The number of bytes. */
  public long size() {
    return size;
  }

  public ByteBuffer bytes() {
    return bytes;
  }

  public FloatBuffer floats() {
    FloatBuffer b = floats;
    if (b == null) {
      b = bytes.asFloatBuffer();
      floats = b;
    }
    return b;
  }

  public DoubleBuffer doubles() {
    DoubleBuffer b = doubles;
    if (b == null) {
      b = bytes.asDoubleBuffer();
      doubles = b;
    }
    return b;
  }

  public IntBuffer ints() {
    IntBuffer b = ints;
    if (b == null) {
      b = bytes.asIntBuffer();
      ints = b;
    }
    return b;
  }

  public LongBuffer longs() {
    LongBuffer b = longs;
    if (b == null) {
      b = bytes.asLongBuffer();
      longs = b;
    }
    return b;
  }

  public ShortBuffer shorts() {
    ShortBuffer b = shorts;
    if (b == null) {
      b = bytes.asShortBuffer();
      shorts = b;
    }
    return b;
  }

  /** The address for native code that takes floats. */
  public FloatPointer floatPointer() {
    return floatPointer;
  }

  /** The address for native code that takes doubles. */
  public DoublePointer doublePointer() {
    return doublePointer;
  }

  /** Copies all of {@code from}, which must be of the same size, here. */
  public void copyFrom(Region from) {
    if (from.size != size) {
      throw new IllegalArgumentException(from.size + " bytes do not fit " + size);
    }
    try {
      if (size > 0 && from.address != address) {
        bytes.put(0, from.bytes, 0, (int) size);
      }
    } finally {
      Reference.reachabilityFence(from.owner);
      Reference.reachabilityFence(owner);
    }
  }

  private static final class ByteView extends BytePointer {
    ByteView(long address, long n) {
      super((Pointer) null);
      this.address = address;
      this.limit = n;
      this.capacity = n;
    }
  }

  private static final class FloatView extends FloatPointer {
    FloatView() {
      super((Pointer) null);
    }

    void set(long at, long n) {
      this.address = at;
      this.limit = n;
      this.capacity = n;
    }
  }

  private static final class DoubleView extends DoublePointer {
    DoubleView() {
      super((Pointer) null);
    }

    void set(long at, long n) {
      this.address = at;
      this.limit = n;
      this.capacity = n;
    }
  }
}
