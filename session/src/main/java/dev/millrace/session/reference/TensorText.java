package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;

/** Tensors as text for people, in brackets, as TensorFlow's second print shows them. */
final class TensorText {
  private TensorText() {}

  /**
   * The tensor, of each dimension the first and last {@code ends} elements; all of them if that is
   * negative.
   */
  static String of(TensorValue x, long ends) {
    StringBuilder s = new StringBuilder();
    write(x, 0, 0, ends < 0 ? Integer.MAX_VALUE : ends, s);
    return s.toString();
  }

  private static void write(TensorValue x, int dim, int at, long ends, StringBuilder s) {
    int rank = x.shape().rank();
    if (dim == rank) {
      s.append(element(x, at, true));
      return;
    }
    int n = (int) x.shape().dim(dim);
    int step = Dims.count(x.shape().dims(), dim + 1, rank);
    s.append('[');
    for (int i = 0; i < n; i++) {
      boolean shown = i < ends || i >= n - ends;
      if (i > 0 && (shown || i == ends)) {
        space(dim, rank, s);
      }
      if (shown) {
        write(x, dim + 1, at + i * step, ends, s);
      } else if (i == ends) {
        s.append("...");
      }
    }
    s.append(']');
  }

  /** Between elements a blank; between rows line breaks, the more the further out they are. */
  private static void space(int dim, int rank, StringBuilder s) {
    boolean last = dim == rank - 1;
    s.append(last ? " " : "\n".repeat(rank - 1 - dim) + " ".repeat(dim + 1));
  }

  /** One element; strings are quoted where asked for. */
  static String element(TensorValue x, int i, boolean quoted) {
    DataType t = x.dtype();
    return switch (t) {
      case STRING -> quoted ? '"' + x.getString(i) + '"' : x.getString(i);
      case BOOL -> x.getBoolean(i) ? "1" : "0";
      case FLOAT32 -> CFormat.shortest(x.floats()[i]);
      case FLOAT64 -> CFormat.shortest(x.doubles()[i]);
      case FLOAT16, BFLOAT16 -> CFormat.shortest((float) x.getDouble(i));
      case UINT64 -> Long.toUnsignedString(x.longs()[i]);
      case COMPLEX64 ->
          pair(CFormat.shortest(x.floats()[2 * i]), CFormat.shortest(x.floats()[2 * i + 1]));
      case COMPLEX128 ->
          pair(CFormat.shortest(x.doubles()[2 * i]), CFormat.shortest(x.doubles()[2 * i + 1]));
      case RESOURCE, VARIANT -> "<" + t + ">";
      default -> Long.toString(x.getLong(i));
    };
  }

  private static String pair(String re, String im) {
    return "(" + re + "," + im + ")";
  }
}
