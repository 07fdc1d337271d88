package dev.millrace.session.reference;

import com.google.protobuf.ByteString;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Puts values of features of examples into tensors. */
final class Feature {
  private Feature() {}

  /** How many values a feature has; 0 for one that is missing. */
  static int size(dev.millrace.proto.Feature f) {
    if (f == null) {
      return 0;
    }
    return switch (f.getKindCase()) {
      case BYTES_LIST -> f.getBytesList().getValueCount();
      case FLOAT_LIST -> f.getFloatList().getValueCount();
      case INT64_LIST -> f.getInt64List().getValueCount();
      case KIND_NOT_SET -> 0;
    };
  }

  /** Whether there is nothing, not even a list without values. */
  static boolean isMissing(dev.millrace.proto.Feature f) {
    return f == null || f.getKindCase() == dev.millrace.proto.Feature.KindCase.KIND_NOT_SET;
  }

  /**
   * Checks what kind of values a feature has.
   *
   * @param where names it in the error
   */
  static void requireType(dev.millrace.proto.Feature f, DataType t, String where) {
    DataType is =
        switch (f.getKindCase()) {
          case BYTES_LIST -> DataType.STRING;
          case FLOAT_LIST -> DataType.FLOAT32;
          case INT64_LIST -> DataType.INT64;
          case KIND_NOT_SET -> t;
        };
    if (is != t) {
      throw new InvalidArgumentException(where + " has " + is + " values, not " + t);
    }
  }

  /** Puts all values of a feature into an array of elements, from {@code at} on. */
  static void copy(dev.millrace.proto.Feature f, Object to, int at) {
    int n = size(f);
    for (int i = 0; i < n; i++) {
      if (to instanceof float[] a) {
        a[at + i] = f.getFloatList().getValue(i);
      } else if (to instanceof long[] a) {
        a[at + i] = f.getInt64List().getValue(i);
      } else {
        ByteString s = f.getBytesList().getValue(i);
        ((byte[][]) to)[at + i] = s.toByteArray();
      }
    }
  }

  /** Repeats the elements of {@code v}, as long as there is room up to {@code end}. */
  static void fill(TensorValue v, Object to, int at, int end) {
    for (int i = at; i < end; i += v.size()) {
      Elements.copy(v.dtype(), v.data(), 0, to, i, Math.min(v.size(), end - i));
    }
  }

  /** A sparse tensor of features, one a row; a missing one is an empty row. */
  static final class Sparse {
    private final DataType dtype;
    private final List<dev.millrace.proto.Feature> rows = new ArrayList<>();

    Sparse(DataType dtype) {
      this.dtype = dtype;
    }

    void add(dev.millrace.proto.Feature f, String where) {
      if (!isMissing(f)) {
        requireType(f, dtype, where);
      }
      rows.add(f);
    }

    /**
     * Sets the three outputs.
     *
     * @param at the number of the first output of indices
     * @param step how far apart indices, values and shapes are
     * @param vector whether there is one row, which is all
     */
    void outputs(KernelContext c, int at, int step, boolean vector) {
      int n = rows.stream().mapToInt(Feature::size).sum();
      long widest = rows.stream().mapToInt(Feature::size).max().orElse(0);
      int rank = vector ? 1 : 2;
      long[] indices = new long[rank * n];
      Object values = TensorValue.newStorage(dtype, n);
      int k = 0;
      for (int r = 0; r < rows.size(); r++) {
        copy(rows.get(r), values, k);
        for (int i = 0; i < size(rows.get(r)); i++, k++) {
          if (!vector) {
            indices[rank * k] = r;
          }
          indices[rank * k + rank - 1] = i;
        }
      }
      c.output(at, TensorValue.wrap(DataType.INT64, Shape.of(n, rank), indices));
      c.output(at + step, TensorValue.wrap(dtype, Shape.vector(n), values));
      c.output(
          at + 2 * step,
          vector ? TensorValue.ofLongs(widest) : TensorValue.ofLongs(rows.size(), widest));
    }
  }
}
