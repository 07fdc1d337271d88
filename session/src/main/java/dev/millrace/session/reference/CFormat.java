package dev.millrace.session.reference;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as C's printf writes them: digits of the exact value, ties to even.
 *
 * @param conversion {@code f}, {@code e} or {@code g}; of integers nothing is asked
 * @param precision negative for the usual one, 6
 * @param width negative for any
 * @param flag one of {@code "0"}, {@code "-"}, {@code "+"}, {@code " "}, {@code "#"}, or empty
 */
record CFormat(char conversion, int precision, int width, String flag) {
  /** Digits enough to tell apart any two floats, the fewer if they do: 6 or 9. */
  static String shortest(float x) {
    String few = general(x, 6);
    return !Float.isFinite(x) || Float.parseFloat(few) == x ? few : general(x, 9);
  }

  /** Digits enough to tell apart any two doubles, the fewer if they do: 15 or 17. */
  static String shortest(double x) {
    String few = general(x, 15);
    return !Double.isFinite(x) || Double.parseDouble(few) == x ? few : general(x, 17);
  }

  private static String general(double x, int digits) {
    return new CFormat('g', digits, -1, "").real(x);
  }

  String integer(long x) {
    return padded(x < 0, Long.toString(x).replace("-", ""), true);
  }

  String real(double x) {
    boolean negative = Double.doubleToRawLongBits(x) < 0;
    if (Double.isNaN(x)) {
      return padded(negative, "nan", false);
    } else if (Double.isInfinite(x)) {
      return padded(negative, "inf", false);
    }
    BigDecimal v = new BigDecimal(Math.abs(x));
    int p = precision < 0 ? 6 : precision;
    return padded(
        negative,
        switch (conversion) {
          case 'f' -> fixed(v, p, keepsPoint());
          case 'e' -> scientific(v, p, keepsPoint());
          default -> general(v, Math.max(1, p));
        },
        true);
  }

  private boolean keepsPoint() {
    return flag.equals("#");
  }

  private static String fixed(BigDecimal v, int digits, boolean point) {
    String s = v.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    return point && digits == 0 ? s + "." : s;
  }

  private static String scientific(BigDecimal v, int digits, boolean point) {
    BigDecimal r = rounded(v, digits + 1);
    int exponent = exponent(r);
    StringBuilder s = new StringBuilder(r.unscaledValue().toString());
    while (s.length() < digits + 1) {
      s.append('0');
    }
    if (digits > 0 || point) {
      s.insert(1, '.');
    }
    s.append('e').append(exponent < 0 ? '-' : '+');
    return s.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent)).toString();
  }

  private String general(BigDecimal v, int digits) {
    int exponent = exponent(rounded(v, digits));
    boolean fixed = exponent >= -4 && exponent < digits;
    String s =
        fixed ? fixed(v, digits - 1 - exponent, keepsPoint()) : scientific(v, digits - 1, false);
    if (keepsPoint() || s.indexOf('.') < 0) {
      return s;
    }
    int e = s.indexOf('e');
    String mantissa = (e < 0 ? s : s.substring(0, e)).replaceAll("0+$", "");
    return mantissa.replaceAll("\\.$", "") + (e < 0 ? "" : s.substring(e));
  }

  /** With that many digits, and no more, of which the first is not 0 unless all are. */
  private static BigDecimal rounded(BigDecimal v, int digits) {
    return v.signum() == 0
        ? BigDecimal.ZERO
        : v.round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static int exponent(BigDecimal v) {
    return v.signum() == 0 ? 0 : v.precision() - v.scale() - 1;
  }

  private String padded(boolean negative, String digits, boolean number) {
    String sign = negative ? "-" : flag.equals("+") ? "+" : flag.equals(" ") ? " " : "";
    String filling = " ".repeat(Math.max(0, width - sign.length() - digits.length()));
    if (flag.equals("-")) {
      return sign + digits + filling;
    }
    return flag.equals("0") && number
        ? sign + filling.replace(' ', '0') + digits
        : filling + sign + digits;
  }
}
