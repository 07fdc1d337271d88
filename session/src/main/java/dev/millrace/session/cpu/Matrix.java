package dev.millrace.session.cpu;

import dev.millrace.session.memory.Region;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A row-major matrix inside a region, which may move between runs: the pointers are made to follow
 * it when they are asked for.
 */
final class Matrix {
  final Region region;

  /** The index of the first element in the region; {@link #at} moves it. */
  int offset;

  /** The elements from one row to the next. */
  final int stride;

  private final FloatAt floats = new FloatAt();
  private final DoubleAt doubles = new DoubleAt();

  Matrix(Region region, int offset, int stride) {
    this.region = region;
    this.offset = offset;
    this.stride = stride;
  }

  /** This matrix, moved to another place in its region. */
  Matrix at(int first) {
    offset = first;
    return this;
  }

  /** The address of the first element, as native code that takes floats wants it. */
  FloatPointer floats() {
    floats.set(
        region.address() + (long) offset * Float.BYTES, region.size() / Float.BYTES - offset);
    return floats;
  }

  /** The address of the first element, as native code that takes doubles wants it. */
  DoublePointer doubles() {
    doubles.set(
        region.address() + (long) offset * Double.BYTES, region.size() / Double.BYTES - offset);
    return doubles;
  }

  private static final class FloatAt extends FloatPointer {
    FloatAt() {
      super((Pointer) null);
    }

    void set(long at, long n) {
      address = at;
      limit = n;
      capacity = n;
    }
  }

  private static final class DoubleAt extends DoublePointer {
    DoubleAt() {
      super((Pointer) null);
    }

    void set(long at, long n) {
      address = at;
      limit = n;
      capacity = n;
    }
  }
}
