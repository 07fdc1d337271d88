package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;

/** Counts for values who holds what they hold. */
public final class Holding {
  private Holding() {}

  /** Whether values of that dtype may have something to count. */
  public static boolean mayCount(DataType t) {
    return t == DataType.RESOURCE || t == DataType.VARIANT;
  }

  /** One more place has {@code v}, which may be null. */
  public static void retain(TensorValue v) {
    if (v != null && mayCount(v.dtype())) {
      for (Object o : v.objects()) {
        if (o instanceof Counted c) {
          c.retain();
        }
      }
    }
  }

  /** One place less has {@code v}, which may be null. */
  public static void release(TensorValue v) {
    if (v != null && mayCount(v.dtype())) {
      for (Object o : v.objects()) {
        if (o instanceof Counted c) {
          c.release();
        }
      }
    }
  }

  /**
   * The same value for a place that does not count: lists are copied to the heap, and arrays and
   * stacks live until the run ends.
   */
  public static TensorValue uncounted(TensorValue v) {
    if (!mayCount(v.dtype())) {
      return v;
    }
    Object[] own = v.objects().clone();
    for (int i = 0; i < own.length; i++) {
      if (own[i] instanceof NativeList l) {
        own[i] = HeapList.like(l, HeapList.elementsOf(l));
      } else if (own[i] instanceof Counted c) {
        c.retain();
      }
    }
    return TensorValue.wrap(v.dtype(), v.shape(), own);
  }
}
