package dev.millrace.cli;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tensor values as people type them: {@code 1.5}, {@code [1, 2, 3]}, {@code [[1, 2], [3, 4]]},
 * {@code true}, {@code "text"}, {@code 1+2j}, {@code nan}, {@code -inf}. A string that holds no
 * comma, bracket or quote needs no quotes. Brackets nest as deeply as the tensor has dimensions.
 */
final class Literals {
  private static final String NUMBER = "(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,5})?";
  private static final Pattern REAL = Pattern.compile("[+-]?" + NUMBER);
  private static final Pattern COMPLEX =
      Pattern.compile("([+-]?" + NUMBER + "(?![\\d.eEj]))?(?:([+-]?" + NUMBER + ")j)?");

  private final DataType dtype;
  private final String text;
  private int at;

  /** The sizes found so far, outermost first, and -1 for those no list has told yet. */
  private final List<Integer> dims = new ArrayList<>();

  /** How many brackets are around an element, or -1 before the first. */
  private int elementDepth = -1;

  private final List<Object> elements = new ArrayList<>();

  private Literals(String text, DataType dtype) {
    this.text = text;
    this.dtype = dtype;
  }

  /**
   * Reads a value.
   *
   * @param dtype the dtype it shall have
   * @throws InvalidArgumentException if the text is no value of that dtype, or its rows differ in
   *     length
   */
  static TensorValue parse(String text, DataType dtype) {
    if (dtype == DataType.RESOURCE || dtype == DataType.VARIANT) {
      throw new InvalidArgumentException("a " + dtype + " cannot be written as text");
    }
    Literals reader = new Literals(text, dtype);
    reader.value(0);
    reader.skipSpace();
    if (reader.at < text.length()) {
      throw reader.error("nothing may follow the value");
    }
    return reader.result();
  }

  private void value(int depth) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == '[') {
      list(depth);
    } else {
      if ((elementDepth >= 0 && elementDepth != depth) || depth < dims.size()) {
        throw error("elements lie at different depths");
      }
      elementDepth = depth;
      elements.add(element());
    }
  }

  private void list(int depth) {
    if (elementDepth >= 0 && depth >= elementDepth) {
      throw error("elements lie at different depths");
    }
    if (depth == dims.size()) {
      dims.add(-1);
    }
    at++;
    int n = 0;
    skipSpace();
    if (at < text.length() && text.charAt(at) == ']') {
      at++;
    } else {
      for (boolean more = true; more; n++) {
        value(depth + 1);
        skipSpace();
        if (at == text.length() || (text.charAt(at) != ',' && text.charAt(at) != ']')) {
          throw error("expected ',' or ']'");
        }
        more = text.charAt(at++) == ',';
      }
    }
    int known = dims.get(depth);
    if (known >= 0 && known != n) {
      throw error("rows differ in length: one has " + n + " elements, another " + known);
    }
    dims.set(depth, n);
  }

  private Object element() {
    if (at < text.length() && text.charAt(at) == '"') {
      if (dtype != DataType.STRING) {
        throw error("expected a number of " + dtype + ", not a text");
      }
      return quoted().getBytes(StandardCharsets.UTF_8);
    }
    int start = at;
    while (at < text.length() && ",[]\"".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at).strip();
    if (word.isEmpty()) {
      throw error("expected a value");
    }
    return dtype == DataType.STRING ? word.getBytes(StandardCharsets.UTF_8) : number(word);
  }

  private String quoted() {
    StringBuilder s = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return s.toString();
      }
      if (c == '\\' && at + 1 < text.length()) {
        c = text.charAt(++at);
        c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
      }
      s.append(c);
    }
    throw error("the closing quote is missing");
  }

  /** A word as Double, BigInteger, Boolean or, for a complex number, an array of two doubles. */
  private Object number(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (dtype == DataType.BOOL) {
      return switch (lower) {
        case "true", "1" -> true;
        case "false", "0" -> false;
        default -> throw noValue(word);
      };
    }
    if (dtype.isFloating()) {
      return real(lower, word);
    }
    if (dtype.isComplex()) {
      Matcher m = COMPLEX.matcher(lower);
      if (m.matches()) {
        return new double[] {
          m.group(1) == null ? 0 : Double.parseDouble(m.group(1)),
          m.group(2) == null ? 0 : Double.parseDouble(m.group(2))
        };
      }
      return new double[] {real(lower, word), 0};
    }
    return whole(lower, word);
  }

  private double real(String lower, String word) {
    return switch (lower) {
      case "nan" -> Double.NaN;
      case "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        if (!REAL.matcher(lower).matches()) {
          throw noValue(word);
        }
        // Straight to the type that is wanted: by way of double, a float could round twice.
        yield dtype == DataType.FLOAT32 ? Float.parseFloat(lower) : Double.parseDouble(lower);
      }
    };
  }

  private BigInteger whole(String lower, String word) {
    if (!REAL.matcher(lower).matches()) {
      throw noValue(word);
    }
    BigDecimal d = new BigDecimal(lower);
    boolean huge = (long) d.precision() - d.scale() > 20;
    if (huge || d.stripTrailingZeros().scale() > 0) {
      throw noValue(word);
    }
    BigInteger n = d.toBigIntegerExact();
    boolean unsigned = dtype.isUnsigned() || dtype == DataType.QUINT8 || dtype == DataType.QUINT16;
    int bits = 8 * dtype.size();
    BigInteger end = BigInteger.ONE.shiftLeft(unsigned ? bits : bits - 1);
    BigInteger least = unsigned ? BigInteger.ZERO : end.negate();
    if (n.compareTo(least) < 0 || n.compareTo(end) >= 0) {
      throw noValue(word);
    }
    return n;
  }

  private TensorValue result() {
    long[] shape = dims.stream().mapToLong(Integer::longValue).toArray();
    Object storage = TensorValue.newStorage(dtype, elements.size());
    for (int i = 0; i < elements.size(); i++) {
      put(storage, i, elements.get(i));
    }
    return TensorValue.wrap(dtype, Shape.of(shape), storage);
  }

  private void put(Object storage, int i, Object element) {
    if (storage instanceof byte[][] a) {
      a[i] = (byte[]) element;
    } else if (element instanceof Boolean b) {
      ((byte[]) storage)[i] = (byte) (b ? 1 : 0);
    } else if (element instanceof double[] c && storage instanceof float[] a) {
      a[2 * i] = (float) c[0];
      a[2 * i + 1] = (float) c[1];
    } else if (element instanceof double[] c) {
      System.arraycopy(c, 0, storage, 2 * i, 2);
    } else if (element instanceof Double d) {
      putReal(storage, i, d);
    } else {
      putWhole(storage, i, ((BigInteger) element).longValue());
    }
  }

  private void putReal(Object storage, int i, double d) {
    if (storage instanceof float[] a) {
      a[i] = (float) d;
    } else if (storage instanceof double[] a) {
      a[i] = d;
    } else {
      float f = (float) d;
      ((short[]) storage)[i] =
          dtype == DataType.FLOAT16 ? Float16.ofFloat(f) : Float16.bfloatOfFloat(f);
    }
  }

  private static void putWhole(Object storage, int i, long n) {
    if (storage instanceof int[] a) {
      a[i] = (int) n;
    } else if (storage instanceof long[] a) {
      a[i] = n;
    } else if (storage instanceof short[] a) {
      a[i] = (short) n;
    } else {
      ((byte[]) storage)[i] = (byte) n;
    }
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private InvalidArgumentException noValue(String word) {
    return new InvalidArgumentException("'" + word + "' is not a value of " + dtype);
  }

  private InvalidArgumentException error(String what) {
    return new InvalidArgumentException(what + ", at character " + (at + 1) + " of " + text);
  }
}
