package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;

/** Strings as sequences of Unicode's characters. */
final class UnicodeKernels {
  private static final int LARGEST = 0x10ffff;
  private static final int LAST_CONTROL = 0x1f;
  private static final int REPLACEMENT = 0xfffd;

  private UnicodeKernels() {}

  static void register(ReferenceKernels k) {
    k.add("UnicodeTranscode", UnicodeKernels::transcode);
    k.add("UnicodeDecode", UnicodeKernels::decode);
    k.add("UnicodeDecodeWithOffsets", UnicodeKernels::decode);
    k.add("UnicodeEncode", UnicodeKernels::encode);
  }

  /** A character and where its bytes begin. */
  private record Letter(int code, int start) {}

  /** What is done about bytes that mean nothing. */
  private static final class Errors {
    private final String what;
    private final int replacement;

    Errors(Attrs a) {
      what = a.getString("errors");
      long r = a.getInt("replacement_char");
      if (r < 0 || r > LARGEST || isSurrogate((int) r)) {
        throw new InvalidArgumentException(
            "replacement_char must be a character of Unicode, not " + r);
      }
      replacement = (int) r;
    }

    /** The character for a wrong one; -1 for none. */
    int instead(String told) {
      return switch (what) {
        case "strict" -> throw new InvalidArgumentException(told);
        case "ignore" -> -1;
        default -> replacement;
      };
    }
  }

  private static boolean isSurrogate(int code) {
    return code >= 0xd800 && code <= 0xdfff;
  }

  // ---- decoding

  private static Charset charset(String name) {
    try {
      return Charset.forName(
          switch (name) {
            case "US ASCII" -> "US-ASCII";
            case "UTF-16-BE" -> "UTF-16BE";
            case "UTF-32-BE" -> "UTF-32BE";
            default -> name;
          });
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new InvalidArgumentException("there is no encoding '" + name + "'", e);
    }
  }

  /** The characters of bytes, one by one, with what stands for those that mean nothing. */
  private static List<Letter> characters(
      byte[] bytes, Charset charset, Errors errors, boolean replaceControls) {
    CharsetDecoder d =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    List<Letter> all = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      Step s = next(d, bytes, at);
      int code = s.code;
      if (code < 0) {
        code = errors.instead("invalid formatting of the input string in " + charset);
      } else if (replaceControls && code <= LAST_CONTROL) {
        code = errors.instead("a control character in the input string");
      }
      if (code >= 0) {
        all.add(new Letter(code, at));
      }
      at += s.length;
    }
    return all;
  }

  /** One character, -1 for a wrong one, and how many bytes it has. */
  private record Step(int code, int length) {}

  private static Step next(CharsetDecoder d, byte[] bytes, int at) {
    CharBuffer out = CharBuffer.allocate(2);
    for (int end = at + 1; end <= bytes.length; end++) {
      ByteBuffer in = ByteBuffer.wrap(bytes, at, end - at);
      d.reset();
      out.clear();
      CoderResult r = d.decode(in, out, end == bytes.length);
      if (r.isError()) {
        return new Step(-1, Math.max(1, r.length()));
      }
      if (out.position() > 0 && !Character.isHighSurrogate(out.get(out.position() - 1))) {
        out.flip();
        return new Step(Character.codePointAt(out, 0), end - at);
      }
    }
    return new Step(-1, bytes.length - at);
  }

  private static void decode(KernelContext c) {
    Attrs a = c.attrs();
    Charset charset = charset(a.getString("input_encoding"));
    Errors errors = new Errors(a);
    boolean controls = a.getBool("replace_control_characters");
    TensorValue x = c.input(0);
    Result splits = new Result(a.getType("Tsplits"), Shape.vector(x.size() + 1));
    List<Letter> all = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      all.addAll(characters(x.strings()[i], charset, errors, controls));
      splits.setLong(i + 1, all.size());
    }
    c.output(0, splits.value());
    c.output(1, TensorValue.ofInts(all.stream().mapToInt(Letter::code).toArray()));
    if (c.outputCount() > 2) {
      c.output(2, TensorValue.ofLongs(all.stream().mapToLong(Letter::start).toArray()));
    }
  }

  // ---- encoding

  private static Charset output(String name) {
    return switch (name) {
      case "UTF-8" -> StandardCharsets.UTF_8;
      case "UTF-16-BE" -> StandardCharsets.UTF_16BE;
      default -> Charset.forName("UTF-32BE");
    };
  }

  private static void transcode(KernelContext c) {
    Attrs a = c.attrs();
    Charset from = charset(a.getString("input_encoding"));
    Charset to = output(a.getString("output_encoding"));
    Errors errors = new Errors(a);
    boolean controls = a.getBool("replace_control_characters");
    TensorValue x = c.input(0);
    byte[][] r = new byte[x.size()][];
    for (int i = 0; i < r.length; i++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (Letter ch : characters(x.strings()[i], from, errors, controls)) {
        out.writeBytes(Character.toString(ch.code).getBytes(to));
      }
      r[i] = out.toByteArray();
    }
    c.output(0, TensorValue.wrap(DataType.STRING, x.shape(), r));
  }

  private static void encode(KernelContext c) {
    Charset to = output(c.attrs().getString("output_encoding"));
    Errors errors = new Errors(c.attrs());
    int[] codes = Dims.requireRank(c.input(0), 1, "input_values").toInts();
    long[] splits = Dims.requireRank(c.input(1), 1, "input_splits").toLongs();
    requireBorders(splits, codes.length);
    byte[][] r = new byte[splits.length - 1][];
    for (int i = 0; i < r.length; i++) {
      StringBuilder out = new StringBuilder();
      for (int k = (int) splits[i]; k < splits[i + 1]; k++) {
        int code = codes[k];
        if (!isCharacter(code)) {
          int instead = errors.instead(code + " is no character of Unicode");
          code = instead < 0 ? code : instead;
        }
        if (code >= 0 && code <= LARGEST) {
          out.appendCodePoint(code);
        }
      }
      r[i] = wellFormed(out).getBytes(to);
    }
    c.output(0, TensorValue.wrap(DataType.STRING, Shape.vector(r.length), r));
  }

  private static boolean isCharacter(int code) {
    boolean reserved = (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
    return code >= 0 && code <= LARGEST && !isSurrogate(code) && !reserved;
  }

  /** The text with a replacement character for each half of a surrogate pair that stays alone. */
  private static String wellFormed(CharSequence text) {
    StringBuilder b = new StringBuilder();
    text.codePoints().forEach(c -> b.appendCodePoint(isSurrogate(c) ? REPLACEMENT : c));
    return b.toString();
  }

  private static void requireBorders(long[] splits, int n) {
    boolean right = splits.length > 0 && splits[0] == 0 && splits[splits.length - 1] == n;
    for (int i = 1; i < splits.length; i++) {
      right &= splits[i - 1] <= splits[i];
    }
    if (!right) {
      throw new InvalidArgumentException(
          "input_splits must ascend from 0 to the number of values, " + n);
    }
  }
}
