package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Numbers as text and text as numbers. */
final class StringNumberKernels {
  private static final Pattern REAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern HEX = Pattern.compile("[+-]?0[xX][0-9a-fA-F]{1,15}");
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

  private StringNumberKernels() {}

  static void register(ReferenceKernels k) {
    k.add("AsString", StringNumberKernels::asString);
    k.add("StringToNumber", StringNumberKernels::toNumber);
    k.add("StringFormat", StringNumberKernels::format);
  }

  private static void asString(KernelContext c) {
    TensorValue x = c.input(0);
    CFormat f = formatOf(c, x.dtype());
    byte[][] r = new byte[x.size()][];
    for (int i = 0; i < r.length; i++) {
      r[i] = text(x, i, f).getBytes(StandardCharsets.UTF_8);
    }
    c.output(0, StringKernels.strings(x.shape(), r));
  }

  private static CFormat formatOf(KernelContext c, DataType t) {
    int precision = (int) c.attrs().getInt("precision");
    boolean scientific = c.attrs().getBool("scientific");
    boolean shortest = c.attrs().getBool("shortest");
    String fill = c.attrs().getString("fill");
    boolean real = t.isFloating() || t.isComplex();
    if (scientific && shortest) {
      throw new InvalidArgumentException("scientific and shortest cannot both be set");
    }
    if (!real && (scientific || shortest || precision >= 0)) {
      throw new InvalidArgumentException(
          "precision, scientific and shortest are for floating-point numbers, not for " + t);
    }
    if (!Set.of("", " ", "-", "0", "+", "#").contains(fill)) {
      throw new InvalidArgumentException(
          "fill must be one of ' ', '-', '0', '+', '#' or nothing, but is '" + fill + "'");
    }
    char conversion = scientific ? 'e' : shortest ? 'g' : 'f';
    return new CFormat(conversion, precision, (int) c.attrs().getInt("width"), fill);
  }

  private static String text(TensorValue x, int i, CFormat f) {
    DataType t = x.dtype();
    if (t == DataType.BOOL) {
      return Boolean.toString(x.getBoolean(i));
    } else if (t.isComplex()) {
      Complex z = ComplexValues.get(x, i);
      return "(" + f.real(z.re()) + "," + f.real(z.im()) + ")";
    }
    return t.isFloating() ? f.real(x.getDouble(i)) : f.integer(x.getLong(i));
  }

  // ---- the other way round

  private static void toNumber(KernelContext c) {
    TensorValue x = c.input(0);
    DataType t = c.attrs().getType("out_type");
    Result r = new Result(t, x.shape());
    for (int i = 0; i < x.size(); i++) {
      String s = new String(StringKernels.strip(x.strings()[i]), StandardCharsets.UTF_8);
      Number n = t.isFloating() ? real(s, t) : integer(s, t);
      if (n == null) {
        throw new InvalidArgumentException(
            "'" + x.getString(i) + "', element " + i + ", is no number of " + t);
      }
      if (t.isFloating()) {
        r.setDouble(i, n.doubleValue());
      } else {
        r.setLong(i, n.longValue());
      }
    }
    c.output(0, r.value());
  }

  /** Null if it is none. */
  private static Number real(String s, DataType t) {
    if (REAL.matcher(s).matches()) {
      return t == DataType.FLOAT32 ? (Number) Float.valueOf(s) : Double.valueOf(s);
    }
    boolean negative = s.startsWith("-");
    String bare = s.startsWith("+") || negative ? s.substring(1) : s;
    double sign = negative ? -1 : 1;
    return switch (bare.toLowerCase(Locale.ROOT)) {
      case "inf" -> (Number) (sign * Double.POSITIVE_INFINITY);
      case "nan" -> Double.NaN;
      default ->
          HEX.matcher(s).matches() ? (Number) (sign * Long.parseLong(bare.substring(2), 16)) : null;
    };
  }

  private static Number integer(String s, DataType t) {
    if (!INTEGER.matcher(s).matches()) {
      return null;
    }
    try {
      return t == DataType.INT32 ? (Number) Integer.valueOf(s) : Long.valueOf(s);
    } catch (NumberFormatException e) {
      return null; // too large
    }
  }

  // ---- templates

  private static void format(KernelContext c) {
    String template = c.attrs().getString("template");
    String placeholder = c.attrs().getString("placeholder");
    StringBuilder s = new StringBuilder();
    int from = 0;
    for (int i = 0; i < c.inputCount(); i++) {
      int at = template.indexOf(placeholder, from);
      s.append(template, from, at);
      s.append(TensorText.of(c.input(i), c.attrs().getInt("summarize")));
      from = at + placeholder.length();
    }
    c.output(0, TensorValue.of(s.append(template.substring(from)).toString()));
  }
}
