package dev.millrace.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.millrace.proto.ResourceHandleProto;
import dev.millrace.proto.TensorProto;
import dev.millrace.proto.VariantTensorDataProto;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/**
 * Tensor values in their wire form.
 *
 * <p>Reads every form that TensorFlow writes: the elements as bytes ({@code tensor_content}), or in
 * the typed fields, where the last value given stands for all that follow and no value at all means
 * zeros. Values beyond the number of elements are passed over, as TensorFlow does. The elements of
 * resources and variants are {@link ResourceHandleProto} and {@link VariantTensorDataProto}
 * messages, since only a session can make more of them.
 */
public final class TensorProtos {
  private TensorProtos() {}

  /**
   * The value that {@code proto} holds.
   *
   * @throws InvalidArgumentException if the dtype is none, the shape is not fully defined, or the
   *     content's length does not fit them
   * @throws ResourceExhaustedException if there are more elements than fit one value
   */
  public static TensorValue read(TensorProto proto) {
    DataType dtype = DataType.ofNumber(proto.getDtypeValue());
    if (proto.getDtypeValue() > DataType.REF_OFFSET) {
      throw new InvalidArgumentException("a value cannot be of a reference type of " + dtype);
    }
    Shape shape = ShapeProtos.read(proto.getTensorShape());
    if (!shape.isFullyDefined()) {
      throw new InvalidArgumentException("a value needs a fully defined shape, not " + shape);
    }
    TensorValue v = allocate(dtype, shape, proto.getTensorContent());
    if (!proto.getTensorContent().isEmpty()) {
      readContent(v, proto.getTensorContent());
    } else {
      readFields(v, proto);
    }
    return v;
  }

  /** Before anything is allocated, dense content must be known to have the length that it takes. */
  private static TensorValue allocate(DataType dtype, Shape shape, ByteString content) {
    long n = shape.numElements();
    boolean fits = n <= Long.MAX_VALUE / 16 && content.size() == n * dtype.size();
    if (!content.isEmpty() && dtype.isDense() && !fits) {
      throw new InvalidArgumentException(
          "the content of a "
              + dtype
              + shape
              + " value has "
              + content.size()
              + " bytes; "
              + n
              + " elements take "
              + dtype.size()
              + " each");
    }
    if (!content.isEmpty() && dtype == DataType.STRING && n > content.size()) {
      throw new InvalidArgumentException(
          "content of " + content.size() + " bytes cannot hold the lengths of " + n + " strings");
    }
    try {
      return TensorValue.zeros(dtype, shape);
    } catch (OutOfMemoryError e) {
      // One large array was asked for; nothing else is the worse for it.
      throw new ResourceExhaustedException("no memory for a " + dtype + shape + " value", e);
    }
  }

  // ---- tensor_content

  private static void readContent(TensorValue v, ByteString content) {
    ByteBuffer in = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    Object data = v.data();
    if (v.dtype() == DataType.STRING) {
      readStrings((byte[][]) data, content);
    } else if (data instanceof float[] a) {
      in.asFloatBuffer().get(a);
    } else if (data instanceof double[] a) {
      in.asDoubleBuffer().get(a);
    } else if (data instanceof int[] a) {
      in.asIntBuffer().get(a);
    } else if (data instanceof long[] a) {
      in.asLongBuffer().get(a);
    } else if (data instanceof short[] a) {
      in.asShortBuffer().get(a);
    } else if (data instanceof byte[] a) {
      in.get(a);
      if (v.dtype() == DataType.BOOL) {
        for (int i = 0; i < a.length; i++) {
          a[i] = (byte) (a[i] == 0 ? 0 : 1);
        }
      }
    } else {
      throw new InvalidArgumentException("a " + v.dtype() + " value cannot be given as bytes");
    }
  }

  /** The lengths of all strings come first, as varints; their bytes follow. */
  private static void readStrings(byte[][] to, ByteString content) {
    try {
      CodedInputStream in = content.newCodedInput();
      int[] lengths = new int[to.length];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = in.readRawVarint32();
      }
      for (int i = 0; i < lengths.length; i++) {
        to[i] = in.readRawBytes(lengths[i]);
      }
      if (!in.isAtEnd()) {
        throw new InvalidArgumentException(
            "content goes on after the last of " + to.length + " strings");
      }
    } catch (IOException e) {
      throw new InvalidArgumentException("content does not hold " + to.length + " strings", e);
    }
  }

  // ---- the typed fields

  private static void readFields(TensorValue v, TensorProto p) {
    switch (v.dtype()) {
      case FLOAT32 -> floats(v, 1, p.getFloatValCount(), p::getFloatVal);
      case FLOAT64 -> doubles(v, 1, p.getDoubleValCount(), p::getDoubleVal);
      case COMPLEX64 -> floats(v, 2, p.getScomplexValCount(), p::getScomplexVal);
      case COMPLEX128 -> doubles(v, 2, p.getDcomplexValCount(), p::getDcomplexVal);
      case INT32, INT16, INT8, UINT16, UINT8, QINT32, QINT16, QINT8, QUINT16, QUINT8 ->
          longs(v, p.getIntValCount(), p::getIntVal);
      case FLOAT16, BFLOAT16 -> longs(v, p.getHalfValCount(), p::getHalfVal);
      case INT64 -> longs(v, p.getInt64ValCount(), p::getInt64Val);
      case UINT32 -> longs(v, p.getUint32ValCount(), p::getUint32Val);
      case UINT64 -> longs(v, p.getUint64ValCount(), p::getUint64Val);
      case BOOL -> longs(v, p.getBoolValCount(), i -> p.getBoolVal(i) ? 1 : 0);
      case STRING -> {
        byte[][] to = v.strings();
        int n = Math.min(to.length, p.getStringValCount());
        for (int i = 0; i < n; i++) {
          to[i] = p.getStringVal(i).toByteArray();
        }
        fill(to, n);
      }
      case RESOURCE ->
          objects(v, p.getResourceHandleValList(), ResourceHandleProto.getDefaultInstance());
      case VARIANT ->
          objects(v, p.getVariantValList(), VariantTensorDataProto.getDefaultInstance());
    }
  }

  /** Copies reals, {@code parts} of them to an element, and repeats the last element. */
  /** Not by way of doubles, which would change the bits of signalling NaNs. */
  @FunctionalInterface
  private interface FloatField {
    float get(int i);
  }

  private static void floats(TensorValue v, int parts, int count, FloatField field) {
    int n = Math.min(v.size(), count / parts) * parts;
    float[] a = v.floats();
    for (int i = 0; i < n; i++) {
      a[i] = field.get(i);
    }
    repeat(a, n, parts);
  }

  private static void doubles(TensorValue v, int parts, int count, IntToDoubleFunction field) {
    int n = Math.min(v.size(), count / parts) * parts;
    double[] a = v.doubles();
    for (int i = 0; i < n; i++) {
      a[i] = field.applyAsDouble(i);
    }
    repeat(a, n, parts);
  }

  private static void repeat(float[] a, int n, int parts) {
    for (int i = n; n > 0 && i < a.length; i++) {
      a[i] = a[i - parts];
    }
  }

  private static void repeat(double[] a, int n, int parts) {
    for (int i = n; n > 0 && i < a.length; i++) {
      a[i] = a[i - parts];
    }
  }

  private static void longs(TensorValue v, int count, IntToLongFunction field) {
    int n = Math.min(v.size(), count);
    for (int i = 0; i < n; i++) {
      JavaArrays.setLong(v, i, field.applyAsLong(i));
    }
    if (n == 0) {
      return;
    }
    Object data = v.data();
    if (data instanceof int[] a) {
      Arrays.fill(a, n, a.length, a[n - 1]);
    } else if (data instanceof long[] a) {
      Arrays.fill(a, n, a.length, a[n - 1]);
    } else if (data instanceof short[] a) {
      Arrays.fill(a, n, a.length, a[n - 1]);
    } else if (data instanceof byte[] a) {
      Arrays.fill(a, n, a.length, a[n - 1]);
    }
  }

  private static void objects(TensorValue v, List<?> given, Object none) {
    Object[] to = v.objects();
    int n = Math.min(to.length, given.size());
    for (int i = 0; i < n; i++) {
      to[i] = given.get(i);
    }
    if (n == 0) {
      Arrays.fill(to, none);
    }
    fill(to, n);
  }

  private static void fill(Object[] a, int n) {
    if (n > 0) {
      Arrays.fill(a, n, a.length, a[n - 1]);
    }
  }

  // ---- writing

  /**
   * The wire form of {@code v}: bytes for dense elements, one value where all of them are the same.
   *
   * @throws InvalidArgumentException if it is larger than a message can be (2 GiB), or holds
   *     resources or variants other than their messages
   */
  public static TensorProto write(TensorValue v) {
    TensorProto.Builder b = TensorProto.newBuilder();
    b.setDtypeValue(v.dtype().number());
    b.setTensorShape(ShapeProtos.write(v.shape()));
    switch (v.dtype()) {
      case STRING -> {
        for (byte[] s : v.strings()) {
          b.addStringVal(ByteString.copyFrom(s));
        }
      }
      case RESOURCE -> {
        for (Object o : v.objects()) {
          b.addResourceHandleVal(message(ResourceHandleProto.class, o));
        }
      }
      case VARIANT -> {
        for (Object o : v.objects()) {
          b.addVariantVal(message(VariantTensorDataProto.class, o));
        }
      }
      default -> {
        if (v.size() > 0 && isConstant(v)) {
          writeFirst(b, v);
        } else {
          b.setTensorContent(content(v));
        }
      }
    }
    return b.build();
  }

  private static <T> T message(Class<T> kind, Object o) {
    if (!kind.isInstance(o)) {
      throw new InvalidArgumentException(
          "a value that lives in a session cannot be written to a file: " + o);
    }
    return kind.cast(o);
  }

  private static boolean isConstant(TensorValue v) {
    // Compared as bits, so that zeros of both signs and the kinds of NaN stay apart.
    Object data = v.data();
    int parts = v.dtype().isComplex() ? 2 : 1;
    int n = Array.getLength(data);
    for (int i = parts; i < n; i++) {
      boolean same =
          data instanceof float[] a
              ? Float.floatToRawIntBits(a[i]) == Float.floatToRawIntBits(a[i - parts])
              : data instanceof double[] d
                  ? Double.doubleToRawLongBits(d[i]) == Double.doubleToRawLongBits(d[i - parts])
                  : bits(data, i) == bits(data, i - parts);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static long bits(Object data, int i) {
    if (data instanceof int[] a) {
      return a[i];
    } else if (data instanceof long[] a) {
      return a[i];
    } else if (data instanceof short[] a) {
      return a[i];
    }
    return ((byte[]) data)[i];
  }

  private static void writeFirst(TensorProto.Builder b, TensorValue v) {
    switch (v.dtype()) {
      case FLOAT32 -> b.addFloatVal(v.floats()[0]);
      case FLOAT64 -> b.addDoubleVal(v.doubles()[0]);
      case COMPLEX64 -> b.addScomplexVal(v.floats()[0]).addScomplexVal(v.floats()[1]);
      case COMPLEX128 -> b.addDcomplexVal(v.doubles()[0]).addDcomplexVal(v.doubles()[1]);
      case FLOAT16, BFLOAT16 -> b.addHalfVal(Short.toUnsignedInt(v.shorts()[0]));
      case INT64 -> b.addInt64Val(v.getLong(0));
      case UINT32 -> b.addUint32Val(v.ints()[0]);
      case UINT64 -> b.addUint64Val(v.getLong(0));
      case BOOL -> b.addBoolVal(v.getBoolean(0));
      default -> b.addIntVal((int) v.getLong(0));
    }
  }

  private static ByteString content(TensorValue v) {
    long bytes = (long) v.size() * v.dtype().size();
    if (bytes > Integer.MAX_VALUE - 1024) {
      throw new InvalidArgumentException(
          "a value of " + v.dtype() + v.shape() + " takes " + bytes + " bytes; a file takes 2 GiB");
    }
    ByteBuffer out = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    Object data = v.data();
    if (data instanceof float[] a) {
      out.asFloatBuffer().put(a);
    } else if (data instanceof double[] a) {
      out.asDoubleBuffer().put(a);
    } else if (data instanceof int[] a) {
      out.asIntBuffer().put(a);
    } else if (data instanceof long[] a) {
      out.asLongBuffer().put(a);
    } else if (data instanceof short[] a) {
      out.asShortBuffer().put(a);
    } else {
      return ByteString.copyFrom((byte[]) data);
    }
    return ByteString.copyFrom(out);
  }
}
