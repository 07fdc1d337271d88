package dev.millrace.cli;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's {@code .npy} files: one array each, behind a header that gives its dtype, order and
 * shape.
 *
 * <p>All three versions of the format are read, in either byte order and either array order, with
 * bools, integers, floats (half, single, double), complex numbers, byte strings ({@code S}) and
 * text ({@code U}, which becomes UTF-8). Objects and records are not. Files are written in version
 * 1.0, little-endian and in C order.
 */
public final class NpyFiles {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The header's length, the ten bytes before it included, is a multiple of this. */
  private static final int ALIGNMENT = 64;

  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");
  private static final Pattern TYPE = Pattern.compile("([<>|=])([biufcSU])(\\d{1,9})");

  private NpyFiles() {}

  /**
   * Reads the array of a file.
   *
   * @throws IOException if the file cannot be read, is no {@code .npy} file or damaged, or holds a
   *     dtype that tensors do not have; the message names the file
   */
  public static TensorValue read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in);
    } catch (FormatException | InvalidArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes an array to a file, replacing one that is there. Strings are padded with zero bytes to
   * the longest one's length.
   *
   * @throws InvalidArgumentException if NumPy has no such dtype (bfloat16, quantised types,
   *     resources), or a string ends in a zero byte, which the format cannot keep
   */
  public static void write(Path file, TensorValue value) throws IOException {
    Files.write(file, toBytes(value));
  }

  static byte[] toBytes(TensorValue value) {
    Element type = elementOf(value);
    StringBuilder shape = new StringBuilder();
    for (long d : value.shape().dims()) {
      shape.append(d).append(value.shape().rank() == 1 ? "," : ", ");
    }
    if (value.shape().rank() > 1) {
      shape.setLength(shape.length() - 2);
    }
    StringBuilder header =
        new StringBuilder("{'descr': '" + type.descr() + "', 'fortran_order': False, 'shape': (")
            .append(shape)
            .append("), }");
    while ((MAGIC.length + 4 + header.length() + 1) % ALIGNMENT != 0) {
      header.append(' ');
    }
    header.append('\n');
    long size = MAGIC.length + 4L + header.length() + (long) value.size() * type.bytes();
    if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException("the array is too large for one file: " + size + " bytes");
    }
    ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
    out.put(header.toString().getBytes(StandardCharsets.US_ASCII));
    putElements(out, value, type);
    return out.array();
  }

  static TensorValue read(InputStream in) throws IOException {
    byte[] start = take(in, MAGIC.length + 2);
    if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new FormatException("not a .npy file");
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > 3) {
      throw new FormatException("version " + version + " of the .npy format is not known");
    }
    ByteBuffer length = ByteBuffer.wrap(take(in, version == 1 ? 2 : 4));
    length.order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = version == 1 ? Short.toUnsignedInt(length.getShort()) : length.getInt();
    if (headerBytes < 0) {
      throw new FormatException("the header has an impossible length");
    }
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    String header = new String(take(in, headerBytes), charset);

    String descr = find(DESCR, header, "descr");
    boolean fortran = find(ORDER, header, "fortran_order").equals("True");
    Shape shape = parseShape(find(SHAPE, header, "shape"));
    Element type = Element.parse(descr);
    long bytes = Math.multiplyExact((long) type.bytes(), shape.numElements());
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new FormatException("the array is too large: " + bytes + " bytes");
    }
    ByteBuffer data = ByteBuffer.wrap(take(in, (int) bytes)).order(type.order());
    TensorValue value = elements(data, type, shape);
    return fortran ? fromFortranOrder(value) : value;
  }

  /**
   * Reads {@code n} bytes; allocates as they come, since a damaged header may ask for any number.
   */
  private static byte[] take(InputStream in, int n) throws IOException {
    byte[] bytes = in.readNBytes(n);
    if (bytes.length < n) {
      throw new FormatException("the file is cut off");
    }
    return bytes;
  }

  private static String find(Pattern pattern, String header, String key) throws FormatException {
    Matcher m = pattern.matcher(header);
    if (!m.find()) {
      throw new FormatException(
          "the header has no " + key + " that can be read: " + header.strip());
    }
    return m.group(1);
  }

  private static Shape parseShape(String text) throws FormatException {
    try {
      long size = 1;
      long[] dims =
          Arrays.stream(text.split(",", -1))
              .map(String::strip)
              .filter(s -> !s.isEmpty())
              .mapToLong(Long::parseLong)
              .toArray();
      for (long d : dims) {
        size = Math.multiplyExact(size, Math.max(1, d));
      }
      if (size > Integer.MAX_VALUE) {
        throw new FormatException("an array of shape (" + text + ") is too large for a tensor");
      }
      return Shape.of(dims);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new FormatException("the shape (" + text + ") cannot be read", e);
    }
  }

  /** How an element lies in a file: NumPy's kind letter, bytes an element and their order. */
  private record Element(DataType dtype, char kind, int bytes, ByteOrder order) {
    String descr() {
      char mark = bytes == 1 || kind == 'S' ? '|' : '<';
      return "" + mark + kind + (kind == 'U' ? bytes / 4 : bytes);
    }

    static Element parse(String descr) throws FormatException {
      Matcher m = TYPE.matcher(descr);
      if (!m.matches()) {
        throw new FormatException("tensors have no dtype like NumPy's " + descr);
      }
      char kind = m.group(2).charAt(0);
      int size = Integer.parseInt(m.group(3));
      ByteOrder order =
          switch (m.group(1)) {
            case ">" -> ByteOrder.BIG_ENDIAN;
            case "=" -> ByteOrder.nativeOrder();
            default -> ByteOrder.LITTLE_ENDIAN;
          };
      if (kind == 'S') {
        return new Element(DataType.STRING, kind, size, order);
      } else if (kind == 'U') {
        return new Element(DataType.STRING, kind, Math.multiplyExact(4, size), order);
      }
      for (DataType t : DataType.values()) {
        if (kindOf(t) == kind && t.size() == size) {
          return new Element(t, kind, size, order);
        }
      }
      throw new FormatException("tensors have no dtype like NumPy's " + descr);
    }
  }

  /** NumPy's letter for a dtype, or 0 where NumPy has none. */
  private static char kindOf(DataType t) {
    if (t == DataType.BOOL) {
      return 'b';
    } else if (t == DataType.BFLOAT16) {
      return 0;
    } else if (t.isFloating()) {
      return 'f';
    } else if (t.isComplex()) {
      return 'c';
    } else if (t.isInteger()) {
      return t.isUnsigned() ? 'u' : 'i';
    }
    return 0;
  }

  private static Element elementOf(TensorValue value) {
    DataType t = value.dtype();
    if (t == DataType.STRING) {
      int longest = 1;
      for (byte[] s : value.strings()) {
        longest = Math.max(longest, s.length);
        if (s.length > 0 && s[s.length - 1] == 0) {
          throw new InvalidArgumentException(
              "a string that ends in a zero byte does not fit a .npy file, which pads with them");
        }
      }
      return new Element(t, 'S', longest, ByteOrder.LITTLE_ENDIAN);
    }
    char kind = kindOf(t);
    if (kind == 0) {
      throw new InvalidArgumentException("NumPy has no dtype for " + t + ": cast it first");
    }
    return new Element(t, kind, t.size(), ByteOrder.LITTLE_ENDIAN);
  }

  private static void putElements(ByteBuffer out, TensorValue value, Element type) {
    if (value.data() instanceof float[] a) {
      out.asFloatBuffer().put(a);
    } else if (value.data() instanceof double[] a) {
      out.asDoubleBuffer().put(a);
    } else if (value.data() instanceof int[] a) {
      out.asIntBuffer().put(a);
    } else if (value.data() instanceof long[] a) {
      out.asLongBuffer().put(a);
    } else if (value.data() instanceof short[] a) {
      out.asShortBuffer().put(a);
    } else if (value.data() instanceof byte[] a) {
      out.put(a);
    } else {
      for (byte[] s : value.strings()) {
        out.put(Arrays.copyOf(s, type.bytes()));
      }
    }
  }

  private static TensorValue elements(ByteBuffer data, Element type, Shape shape) {
    int n = (int) shape.numElements();
    Object storage = TensorValue.newStorage(type.dtype(), n);
    if (storage instanceof float[] a) {
      data.asFloatBuffer().get(a);
    } else if (storage instanceof double[] a) {
      data.asDoubleBuffer().get(a);
    } else if (storage instanceof int[] a) {
      data.asIntBuffer().get(a);
    } else if (storage instanceof long[] a) {
      data.asLongBuffer().get(a);
    } else if (storage instanceof short[] a) {
      data.asShortBuffer().get(a);
    } else if (storage instanceof byte[] a) {
      data.get(a);
    } else {
      byte[][] strings = (byte[][]) storage;
      for (int i = 0; i < n; i++) {
        strings[i] = type.kind() == 'U' ? text(data, type.bytes()) : padded(data, type.bytes());
      }
    }
    return TensorValue.wrap(type.dtype(), shape, storage);
  }

  /** Reads a byte string without the zero bytes at its end. */
  private static byte[] padded(ByteBuffer data, int bytes) {
    byte[] s = new byte[bytes];
    data.get(s);
    int end = bytes;
    while (end > 0 && s[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(s, end);
  }

  /** Reads text of four bytes a character, up to the zeros at its end. */
  private static byte[] text(ByteBuffer data, int bytes) {
    int[] characters = new int[bytes / 4];
    int end = 0;
    for (int i = 0; i < characters.length; i++) {
      characters[i] = data.getInt();
      if (!Character.isValidCodePoint(characters[i])) {
        throw new InvalidArgumentException("the text holds no character: " + characters[i]);
      }
      if (characters[i] != 0) {
        end = i + 1;
      }
    }
    return new String(characters, 0, end).getBytes(StandardCharsets.UTF_8);
  }

  /** The array whose elements lie with the first index running fastest, in C order. */
  private static TensorValue fromFortranOrder(TensorValue value) {
    long[] dims = value.shape().dims();
    int n = value.size();
    Object from = value.data();
    Object to = TensorValue.newStorage(value.dtype(), n);
    int width = value.dtype().isComplex() ? 2 : 1;
    int[] index = new int[dims.length];
    for (int i = 0; i < n; i++) {
      long at = 0;
      for (int d = dims.length - 1; d >= 0; d--) {
        at = at * dims[d] + index[d];
      }
      System.arraycopy(from, (int) at * width, to, i * width, width);
      for (int d = dims.length - 1; d >= 0 && ++index[d] == dims[d]; d--) {
        index[d] = 0;
      }
    }
    return TensorValue.wrap(value.dtype(), value.shape(), to);
  }

  /** The file's bytes are not what the format says. */
  private static final class FormatException extends IOException {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
      super(message);
    }

    FormatException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
