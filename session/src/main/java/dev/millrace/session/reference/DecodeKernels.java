package dev.millrace.session.reference;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnknownException;
import dev.millrace.graph.record.Compression;
import dev.millrace.proto.TensorProto;
import dev.millrace.session.reader.Reader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Strings of bytes made into tensors, and back. */
final class DecodeKernels {
  private DecodeKernels() {}

  static void register(ReferenceKernels k) {
    k.add("DecodeRaw", DecodeKernels::raw);
    k.add("DecodeCompressed", DecodeKernels::compressed);
    k.add("DecodeCSV", CsvKernel::compute);
    k.add("ParseTensor", DecodeKernels::parseTensor);
    k.add(
        "SerializeTensor",
        c -> c.output(0, ReaderKernels.string(TensorProtos.write(c.input(0)).toByteArray())));
    ExampleKernels.register(k);
  }

  /** Every string must be of one length, a multiple of an element's. */
  private static void raw(KernelContext c) {
    byte[][] in = c.input(0).strings();
    DataType t = c.outputType(0);
    int width = t.size();
    int length = in.length == 0 ? 0 : in[0].length;
    for (byte[] s : in) {
      if (s.length != length) {
        throw new InvalidArgumentException(
            "all strings must be of one length, but there are some of "
                + length
                + " and of "
                + s.length
                + " bytes");
      }
    }
    if (length % width != 0) {
      throw new InvalidArgumentException(
          "strings of " + length + " bytes do not hold elements of " + width + " bytes, " + t);
    }
    int n = length / width;
    Shape shape = c.input(0).shape().concat(Shape.vector(n));
    ByteBuffer all = ByteBuffer.allocate(Math.multiplyExact(in.length, length));
    for (byte[] s : in) {
      all.put(s);
    }
    all.flip();
    all.order(c.attrs().getBool("little_endian") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    c.output(0, TensorValue.wrap(t, shape, elements(t, all, Math.multiplyExact(in.length, n))));
  }

  /** The next {@code n} elements of a buffer. */
  static Object elements(DataType t, ByteBuffer from, int n) {
    Object data = TensorValue.newStorage(t, n);
    if (data instanceof float[] a) {
      from.asFloatBuffer().get(a);
    } else if (data instanceof double[] a) {
      from.asDoubleBuffer().get(a);
    } else if (data instanceof int[] a) {
      from.asIntBuffer().get(a);
    } else if (data instanceof long[] a) {
      from.asLongBuffer().get(a);
    } else if (data instanceof short[] a) {
      from.asShortBuffer().get(a);
    } else {
      byte[] a = (byte[]) data;
      from.get(a);
      if (t == DataType.BOOL) {
        for (int i = 0; i < a.length; i++) {
          a[i] = (byte) (a[i] != 0 ? 1 : 0);
        }
      }
    }
    return data;
  }

  private static void compressed(KernelContext c) {
    Compression how = ReaderKernels.compression(c, "compression_type");
    byte[][] in = c.input(0).strings();
    byte[][] out = new byte[in.length][];
    for (int i = 0; i < in.length; i++) {
      try {
        out[i] = Reader.decompress(in[i], how);
      } catch (IOException e) {
        throw new UnknownException("string " + i + " cannot be decompressed: " + e, e);
      }
    }
    c.output(0, TensorValue.wrap(DataType.STRING, c.input(0).shape(), out));
  }

  private static void parseTensor(KernelContext c) {
    byte[] bytes = Dims.requireScalar(c.input(0), "a serialized tensor").strings()[0];
    TensorValue v;
    try {
      v = TensorProtos.read(TensorProto.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("the string is no serialized tensor", e);
    }
    if (v.dtype() != c.outputType(0)) {
      throw new InvalidArgumentException(
          "the serialized tensor is " + v.dtype() + ", not " + c.outputType(0));
    }
    c.output(0, v);
  }
}
