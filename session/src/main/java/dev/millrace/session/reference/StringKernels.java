package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/** Joining strings, and changing each. */
final class StringKernels {
  private StringKernels() {}

  static void register(ReferenceKernels k) {
    UnicodeKernels.register(k);
    k.add("StringJoin", StringKernels::join);
    k.add("ReduceJoin", StringKernels::reduceJoin);
    k.add("UnsortedSegmentJoin", StringKernels::segmentJoin);
    k.add("StringLength", StringKernels::length);
    k.add("Substr", StringKernels::substring);
    k.add("StringLower", c -> changeCase(c, false));
    k.add("StringUpper", c -> changeCase(c, true));
    k.add("StringStrip", c -> c.output(0, map(c.input(0), StringKernels::strip)));
    k.add("EncodeBase64", StringKernels::encode);
    k.add("DecodeBase64", c -> c.output(0, map(c.input(0), StringKernels::decode)));
    StringSplitKernels.register(k);
    StringHashKernels.register(k);
    StringNumberKernels.register(k);
    RegexKernels.register(k);
  }

  static TensorValue map(TensorValue x, UnaryOperator<byte[]> f) {
    byte[][] r = new byte[x.size()][];
    for (int i = 0; i < r.length; i++) {
      r[i] = f.apply(x.strings()[i]);
    }
    return strings(x.shape(), r);
  }

  static TensorValue strings(Shape shape, byte[][] elements) {
    return TensorValue.wrap(DataType.STRING, shape, elements);
  }

  /** The attribute's text as bytes. */
  static byte[] bytes(KernelContext c, String attr) {
    return c.attrs().getString(attr).getBytes(StandardCharsets.UTF_8);
  }

  // ---- joining

  private static void join(KernelContext c) {
    byte[] separator = bytes(c, "separator");
    Shape shape = Shape.scalar();
    for (int i = 0; i < c.inputCount(); i++) {
      Shape s = c.input(i).shape();
      if (s.rank() > 0 && shape.rank() > 0 && !s.equals(shape)) {
        throw new InvalidArgumentException(
            "the inputs that are not scalars must have one shape, but are of shapes "
                + shape
                + " and "
                + s);
      }
      shape = s.rank() > 0 ? s : shape;
    }
    byte[][] r = new byte[Dims.count(shape)][];
    for (int i = 0; i < r.length; i++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int n = 0; n < c.inputCount(); n++) {
        TensorValue x = c.input(n);
        out.writeBytes(n == 0 ? new byte[0] : separator);
        out.writeBytes(x.strings()[x.shape().rank() == 0 ? 0 : i]);
      }
      r[i] = out.toByteArray();
    }
    c.output(0, strings(shape, r));
  }

  /** The axes are walked in the order in which they are named, the first one the quickest. */
  private static void reduceJoin(KernelContext c) {
    TensorValue x = c.input(0);
    int rank = x.shape().rank();
    long[] named = c.input(1).toLongs();
    int[] axes = new int[named.length];
    boolean[] reduced = new boolean[rank];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = Dims.axis(named[i], rank);
      if (reduced[axes[i]]) {
        throw new InvalidArgumentException(
            "reduction_indices " + Arrays.toString(named) + " name an axis twice");
      }
      reduced[axes[i]] = true;
    }
    if (axes.length == 0) {
      c.output(0, x);
      return;
    }
    boolean keep = c.attrs().getBool("keep_dims");
    long[] kept = new long[rank];
    long[] out = new long[rank];
    int n = 0;
    for (int i = 0; i < rank; i++) {
      kept[i] = reduced[i] ? 1 : x.shape().dim(i);
      if (keep || !reduced[i]) {
        out[n++] = kept[i];
      }
    }
    byte[] separator = bytes(c, "separator");
    int[] strides = Dims.strides(x.shape());
    int[] slowFirst = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      slowFirst[i] = axes[axes.length - 1 - i];
    }
    long[] inner = Arrays.stream(slowFirst).mapToLong(a -> x.shape().dim(a)).toArray();
    int[] innerStrides = Arrays.stream(slowFirst).map(a -> strides[a]).toArray();
    byte[][] r = new byte[Dims.count(kept, 0, rank)][];
    for (int i = 0; i < r.length; i++) {
      int base = at(i, kept, strides);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (int j = 0; j < Dims.count(inner, 0, inner.length); j++) {
        text.writeBytes(j == 0 ? new byte[0] : separator);
        text.writeBytes(x.strings()[base + at(j, inner, innerStrides)]);
      }
      r[i] = text.toByteArray();
    }
    c.output(0, strings(Shape.of(Arrays.copyOf(out, n)), r));
  }

  /** Where element {@code i}, in row-major order of {@code dims}, lies. */
  private static int at(int i, long[] dims, int[] strides) {
    int at = 0;
    int rest = i;
    for (int d = dims.length - 1; d >= 0; d--) {
      at += (int) (rest % dims[d]) * strides[d];
      rest /= (int) dims[d];
    }
    return at;
  }

  private static void segmentJoin(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue ids = c.input(1);
    long segments = Dims.requireScalar(c.input(2), "num_segments").getLong(0);
    Shape rest = x.shape().sliceFrom(ids.shape().rank());
    if (segments < 0 || !x.shape().slice(0, ids.shape().rank()).equals(ids.shape())) {
      throw new InvalidArgumentException(
          "inputs of shape "
              + x.shape()
              + " and segment_ids of shape "
              + ids.shape()
              + " do not fit, or the number of segments "
              + segments
              + " is negative");
    }
    int width = Dims.count(rest);
    byte[] separator = bytes(c, "separator");
    ByteArrayOutputStream[] r =
        new ByteArrayOutputStream[Math.multiplyExact((int) segments, width)];
    for (int i = 0; i < ids.size(); i++) {
      long id = ids.getLong(i);
      if (id < 0 || id >= segments) {
        throw new InvalidArgumentException(
            "segment id " + id + " is outside [0, " + segments + ")");
      }
      for (int j = 0; j < width; j++) {
        int to = (int) id * width + j;
        if (r[to] == null) {
          r[to] = new ByteArrayOutputStream();
        } else {
          r[to].writeBytes(separator);
        }
        r[to].writeBytes(x.strings()[i * width + j]);
      }
    }
    byte[][] all = new byte[r.length][];
    for (int i = 0; i < all.length; i++) {
      all[i] = r[i] == null ? new byte[0] : r[i].toByteArray();
    }
    c.output(0, strings(Shape.vector(segments).concat(rest), all));
  }

  // ---- length and parts

  private static boolean countsCharacters(KernelContext c) {
    return c.attrs().getString("unit").equals("UTF8_CHAR");
  }

  private static void length(KernelContext c) {
    TensorValue x = c.input(0);
    boolean characters = countsCharacters(c);
    Result r = new Result(DataType.INT32, x.shape());
    for (int i = 0; i < x.size(); i++) {
      byte[] s = x.strings()[i];
      r.setLong(i, characters ? starts(s).length : s.length);
    }
    c.output(0, r.value());
  }

  /** Where the characters of UTF-8 text begin. */
  private static int[] starts(byte[] s) {
    int[] r = new int[s.length];
    int n = 0;
    for (int i = 0; i < s.length; i++) {
      if ((s[i] & 0xC0) != 0x80) {
        r[n++] = i;
      }
    }
    return Arrays.copyOf(r, n);
  }

  private static void substring(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue pos = c.input(1);
    TensorValue len = c.input(2);
    Dims.requireSame(pos, "pos", len, "len");
    Shape shape = x.shape().broadcast(pos.shape());
    IntUnaryOperator left = Broadcast.map(x.shape(), shape);
    IntUnaryOperator right = Broadcast.map(pos.shape(), shape);
    boolean characters = countsCharacters(c);
    byte[][] r = new byte[Dims.count(shape)][];
    for (int i = 0; i < r.length; i++) {
      int p = right.applyAsInt(i);
      r[i] = part(x.strings()[left.applyAsInt(i)], pos.getLong(p), len.getLong(p), characters, i);
    }
    c.output(0, strings(shape, r));
  }

  private static byte[] part(byte[] s, long pos, long len, boolean characters, int element) {
    int[] starts = characters ? starts(s) : null;
    int n = characters ? starts.length : s.length;
    long from = pos < 0 ? pos + n : pos;
    if (from < 0 || from > n) {
      throw new InvalidArgumentException(
          "pos "
              + pos
              + " is outside the string '"
              + new String(s, StandardCharsets.UTF_8)
              + "' of length "
              + n
              + ", element "
              + element);
    }
    // As in TensorFlow, no length below 0 counts characters, but bytes up to the end.
    long most = len >= 0 ? len : characters ? 0 : n;
    long to = Math.min(n, from + Math.min(most, n));
    return characters
        ? Arrays.copyOfRange(s, place(starts, from, s), place(starts, to, s))
        : Arrays.copyOfRange(s, (int) from, (int) to);
  }

  private static int place(int[] starts, long character, byte[] s) {
    return character < starts.length ? starts[(int) character] : s.length;
  }

  // ---- each for itself

  /** Without an encoding, of ASCII letters alone; else of all of UTF-8. */
  private static void changeCase(KernelContext c, boolean upper) {
    String encoding = c.attrs().getString("encoding").toLowerCase(Locale.ROOT);
    if (!encoding.isEmpty() && !encoding.equals("utf-8")) {
      throw new InvalidArgumentException(
          "encoding must be '' or 'utf-8', but is '" + encoding + "'");
    }
    if (!encoding.isEmpty()) {
      c.output(
          0,
          map(
              c.input(0),
              s -> {
                String text = new String(s, StandardCharsets.UTF_8);
                return (upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT))
                    .getBytes(StandardCharsets.UTF_8);
              }));
      return;
    }
    char first = upper ? 'a' : 'A';
    c.output(
        0,
        map(
            c.input(0),
            s -> {
              byte[] r = s.clone();
              for (int i = 0; i < r.length; i++) {
                if (r[i] >= first && r[i] < first + 26) {
                  r[i] ^= 0x20;
                }
              }
              return r;
            }));
  }

  static boolean isSpace(byte b) {
    return b == ' ' || (b >= 9 && b <= 13);
  }

  static byte[] strip(byte[] s) {
    int from = 0;
    int to = s.length;
    while (from < to && isSpace(s[from])) {
      from++;
    }
    while (from < to && isSpace(s[to - 1])) {
      to--;
    }
    return Arrays.copyOfRange(s, from, to);
  }

  private static void encode(KernelContext c) {
    Base64.Encoder e =
        c.attrs().getBool("pad") ? Base64.getUrlEncoder() : Base64.getUrlEncoder().withoutPadding();
    c.output(0, map(c.input(0), e::encode));
  }

  private static byte[] decode(byte[] s) {
    try {
      return Base64.getUrlDecoder().decode(s);
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException(
          "'" + new String(s, StandardCharsets.UTF_8) + "' is not of web-safe base64", e);
    }
  }
}
