package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** The comparisons that {@link CheckApi} asserts, as ops and on values known already. */
enum Comparison {
  EQUAL("==", "Equal"),
  NOT_EQUAL("!=", "NotEqual"),
  LESS("<", "Less"),
  LESS_EQUAL("<=", "LessEqual"),
  GREATER(">", "Greater"),
  GREATER_EQUAL(">=", "GreaterEqual");

  private final String sign;
  private final String op;

  Comparison(String sign, String op) {
    this.sign = sign;
    this.op = op;
  }

  String sign() {
    return sign;
  }

  String op() {
    return op;
  }

  /** Whether it holds for all pairs of elements, the shapes broadcast. */
  boolean holds(TensorValue x, TensorValue y) {
    Shape shape = x.shape().broadcast(y.shape());
    long[] at = new long[shape.rank()];
    for (long i = 0; i < shape.numElements(); i++) {
      if (!holds(x, offset(x.shape(), at), y, offset(y.shape(), at))) {
        return false;
      }
      for (int k = at.length - 1; k >= 0 && ++at[k] == shape.dim(k); k--) {
        at[k] = 0;
      }
    }
    return true;
  }

  private static int offset(Shape s, long[] at) {
    int r = 0;
    for (int k = 0; k < s.rank(); k++) {
      long i = at[at.length - s.rank() + k];
      r = (int) (r * s.dim(k) + (s.dim(k) == 1 ? 0 : i));
    }
    return r;
  }

  private boolean holds(TensorValue x, int i, TensorValue y, int j) {
    DataType t = x.dtype();
    if (t == DataType.STRING) {
      return (this == EQUAL) == Arrays.equals(x.strings()[i], y.strings()[j]);
    } else if (t == DataType.BOOL) {
      return (this == EQUAL) == (x.getBoolean(i) == y.getBoolean(j));
    } else if (t.isInteger()) {
      int c =
          t == DataType.UINT64
              ? Long.compareUnsigned(x.getLong(i), y.getLong(j))
              : Long.compare(x.getLong(i), y.getLong(j));
      return compare(c, 0);
    }
    return compare(x.getDouble(i), y.getDouble(j));
  }

  /** As IEEE compares: NaN is unequal to everything and neither less nor greater. */
  private boolean compare(double a, double b) {
    return switch (this) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case LESS_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_EQUAL -> a >= b;
    };
  }
}
