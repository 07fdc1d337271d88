package dev.millrace.cli;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.TensorValue;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Prints tensors as NumPy prints arrays: rows in brackets, columns aligned, floats with as few
 * digits as tell them apart and at most eight after the point, and of more than 1000 elements only
 * the first and last three of each dimension.
 */
final class ArrayFormat {
  private static final int LINE_WIDTH = 75;
  private static final int THRESHOLD = 1000;
  private static final int EDGE = 3;
  private static final int PRECISION = 8;

  private final TensorValue value;
  private final int[] dims;
  private final boolean summarize;
  private final IntFunction<String> element;

  private ArrayFormat(TensorValue value) {
    this.value = value;
    int rank = value.shape().rank();
    dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = (int) value.shape().dim(i);
    }
    summarize = value.size() > THRESHOLD;
    List<Integer> shown = new ArrayList<>();
    collectShown(0, 0, shown);
    element = aligned(shown);
  }

  /** The value as text, without a line end. */
  static String format(TensorValue value) {
    if (value.size() == 0) {
      return "[]" + (value.shape().rank() > 1 ? " of shape " + value.shape() : "");
    }
    ArrayFormat f = new ArrayFormat(value);
    if (f.dims.length > 0) {
      return f.block(0, 0, " ", LINE_WIDTH);
    }
    String scalar = f.element.apply(0);
    return scalar.endsWith(".") ? scalar + "0" : scalar.replace(".e", "e");
  }

  /** The positions of the elements that are printed. */
  private void collectShown(int axis, int from, List<Integer> shown) {
    if (axis == dims.length) {
      shown.add(from);
      return;
    }
    for (int i = 0; i < dims[axis]; i++) {
      if (!skips(axis, i)) {
        collectShown(axis + 1, from + i * stride(axis), shown);
      }
    }
  }

  private boolean skips(int axis, int i) {
    return summarize && dims[axis] > 2 * EDGE && i >= EDGE && i < dims[axis] - EDGE;
  }

  private int stride(int axis) {
    int n = 1;
    for (int d = axis + 1; d < dims.length; d++) {
      n *= dims[d];
    }
    return n;
  }

  /**
   * The bracketed text of what lies at one index of the outer axes.
   *
   * @param indent the spaces that begin each line but the first
   * @param width how long a line may be, less the brackets that may have to close behind it
   */
  private String block(int axis, int from, String indent, int width) {
    boolean rows = axis < dims.length - 1;
    StringBuilder s = new StringBuilder("[");
    int lineStart = -indent.length() + 1;
    boolean first = true;
    for (int i = 0; i < dims[axis]; i++) {
      String word;
      if (skips(axis, i)) {
        i = dims[axis] - EDGE - 1;
        word = "...";
      } else {
        int at = from + i * stride(axis);
        word = rows ? block(axis + 1, at, indent + " ", width - 1) : element.apply(at);
      }
      if (rows) {
        if (!first) {
          s.append("\n".repeat(dims.length - 1 - axis)).append(indent);
        }
      } else if (!first && s.length() + 1 - lineStart + word.length() > width - 1) {
        while (s.charAt(s.length() - 1) == ' ') {
          s.setLength(s.length() - 1);
        }
        s.append('\n');
        lineStart = s.length();
        s.append(indent);
      } else if (!first) {
        s.append(' ');
      }
      s.append(word);
      first = false;
    }
    return s.append(']').toString();
  }

  private IntFunction<String> aligned(List<Integer> shown) {
    DataType t = value.dtype();
    if (t == DataType.STRING) {
      return i -> quote(value.getString(i));
    } else if (t.isComplex()) {
      return complex(shown);
    } else if (t.isFloating()) {
      Reals reals = new Reals();
      shown.forEach(i -> reals.see(value.getDouble(i)));
      return i -> reals.format(value.getDouble(i));
    }
    IntFunction<String> plain = this::plain;
    int width = shown.stream().mapToInt(i -> plain.apply(i).length()).max().orElse(0);
    return i -> " ".repeat(width - plain.apply(i).length()) + plain.apply(i);
  }

  private String plain(int i) {
    return switch (value.dtype()) {
      case BOOL -> value.getBoolean(i) ? "True" : "False";
      case UINT64 -> Long.toUnsignedString(value.longs()[i]);
      case RESOURCE, VARIANT -> String.valueOf(value.objects()[i]);
      default -> Long.toString(value.getLong(i));
    };
  }

  private IntFunction<String> complex(List<Integer> shown) {
    Reals real = new Reals();
    Reals imaginary = new Reals();
    for (int i : shown) {
      real.see(part(i, 0));
      imaginary.see(part(i, 1));
    }
    return i -> {
      String im = imaginary.format(Math.abs(part(i, 1)));
      boolean negative = Math.copySign(1, part(i, 1)) < 0;
      return real.format(part(i, 0)) + (negative ? "-" : "+") + im.strip() + "j";
    };
  }

  private double part(int i, int k) {
    return value.dtype() == DataType.COMPLEX64
        ? value.floats()[2 * i + k]
        : value.doubles()[2 * i + k];
  }

  private static String quote(String s) {
    return '"'
        + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }

  /** How the real numbers of one array are written: all with their points in one column. */
  private final class Reals {
    private final List<Double> finite = new ArrayList<>();
    private double largest = 0;
    private double smallest = Double.POSITIVE_INFINITY;
    private int width = 0;
    private boolean exponents;
    private int fractionDigits = -1;

    /** Takes note of a number that will be written. */
    void see(double x) {
      if (!Double.isFinite(x)) {
        width = Math.max(width, special(x).length());
        return;
      }
      finite.add(x);
      if (x != 0) {
        largest = Math.max(largest, Math.abs(x));
        smallest = Math.min(smallest, Math.abs(x));
      }
    }

    private void measure() {
      exponents = largest >= 1e8 || (largest > 0 && (smallest < 1e-4 || largest / smallest > 1000));
      fractionDigits = 0;
      for (double x : finite) {
        BigDecimal d = digits(x);
        int n = exponents ? d.precision() - 1 : d.scale();
        fractionDigits = Math.max(fractionDigits, n);
      }
      for (double x : finite) {
        width = Math.max(width, (exponents ? scientific(x) : positional(x)).length());
      }
    }

    String format(double x) {
      if (fractionDigits < 0) {
        measure();
      }
      String s = !Double.isFinite(x) ? special(x) : exponents ? scientific(x) : positional(x);
      return " ".repeat(Math.max(0, width - s.length())) + s;
    }

    private static String special(double x) {
      return Double.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
    }

    private static String sign(double x) {
      return Math.copySign(1, x) < 0 ? "-" : "";
    }

    /** As 12.5 and, for the other digits of the column, spaces. */
    private String positional(double x) {
      BigDecimal d = digits(x).abs();
      String s = d.scale() <= 0 ? d.toPlainString() + "." : d.toPlainString();
      return sign(x) + s + " ".repeat(fractionDigits - Math.max(0, d.scale()));
    }

    /** As 1.25e+01, with as many digits as every number of the column. */
    private String scientific(double x) {
      BigDecimal d = digits(x);
      String all = d.unscaledValue().abs().toString();
      int power = x == 0 ? 0 : all.length() - 1 - d.scale();
      String fraction = all.substring(1) + "0".repeat(fractionDigits - all.length() + 1);
      String exponent = (Math.abs(power) < 10 ? "0" : "") + Math.abs(power);
      return sign(x) + all.charAt(0) + "." + fraction + (power < 0 ? "e-" : "e+") + exponent;
    }

    /** The digits that are written, without zeros at the end. */
    private BigDecimal digits(double x) {
      BigDecimal d = shortest(x);
      if (exponents) {
        d = d.round(new MathContext(PRECISION + 1, RoundingMode.HALF_EVEN));
      } else if (d.scale() > PRECISION) {
        d = d.setScale(PRECISION, RoundingMode.HALF_EVEN);
      }
      return d.stripTrailingZeros();
    }

    /** The fewest digits that tell the number from all others of its dtype. */
    private BigDecimal shortest(double x) {
      BigDecimal exact = new BigDecimal(x);
      BigDecimal d = exact;
      for (int n = 1; n <= 17; n++) {
        d = exact.round(new MathContext(n, RoundingMode.HALF_EVEN));
        if (asElement(d) == x) {
          break;
        }
      }
      return d;
    }

    /** The element of the array's dtype that is nearest to a number. */
    private double asElement(BigDecimal d) {
      return switch (value.dtype()) {
        case FLOAT16 -> Float16.toFloat(Float16.ofFloat(d.floatValue()));
        case BFLOAT16 -> Float16.bfloatToFloat(Float16.bfloatOfFloat(d.floatValue()));
        case FLOAT32, COMPLEX64 -> d.floatValue();
        default -> d.doubleValue();
      };
    }
  }
}
