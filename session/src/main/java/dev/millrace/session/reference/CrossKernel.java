package dev.millrace.session.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.guava.hash.HashFunction;
import org.nd4j.shade.guava.hash.Hashing;

/**
 * All combinations of the features that columns have in a row, one of each column: SparseCross. The
 * last column runs the quickest.
 */
final class CrossKernel {
  private static final HashFunction FINGERPRINT = Hashing.farmHashFingerprint64();
  private static final long MIX = 0xc6a4a7935bd1e995L;
  private static final String BETWEEN = "_X_";

  private final KernelContext context;

  /** By column and row the features: Long or byte[]. */
  private final List<List<List<Object>>> columns = new ArrayList<>();

  private CrossKernel(KernelContext c) {
    context = c;
  }

  static void register(ReferenceKernels k) {
    k.add("SparseCross", c -> new CrossKernel(c).run());
  }

  private void run() {
    int n = (int) context.attrs().getInt("N");
    long batch = -1;
    for (int i = 0; i < n; i++) {
      SparseValue x =
          SparseValue.of(context.input(i), context.input(n + i), context.input(2 * n + i));
      requireMatrix(x.shape().length, i);
      batch = same(batch, x.shape()[0]);
      columns.add(rows(x));
    }
    for (int i = 3 * n; i < context.inputCount(); i++) {
      TensorValue x = context.input(i);
      requireMatrix(x.shape().rank(), i);
      batch = same(batch, x.shape().dim(0));
      columns.add(rows(x));
    }
    cross((int) Math.max(0, batch));
  }

  private static void requireMatrix(int rank, int input) {
    if (rank != 2) {
      throw new InvalidArgumentException(
          "input " + input + " must be of rank 2, a row for each example, not " + rank);
    }
  }

  private static long same(long batch, long rows) {
    if (batch >= 0 && batch != rows) {
      throw new InvalidArgumentException(
          "all columns must have as many rows, not " + batch + " and " + rows);
    }
    return rows;
  }

  private static Object feature(TensorValue values, int i) {
    return values.dtype() == DataType.STRING ? values.strings()[i] : (Object) values.getLong(i);
  }

  private static List<List<Object>> empty(long rows) {
    List<List<Object>> r = new ArrayList<>();
    for (long i = 0; i < rows; i++) {
      r.add(new ArrayList<>());
    }
    return r;
  }

  private static List<List<Object>> rows(SparseValue x) {
    List<List<Object>> r = empty(x.shape()[0]);
    for (int i = 0; i < x.places().length; i++) {
      r.get((int) x.places()[i][0]).add(feature(x.values(), i));
    }
    return r;
  }

  private static List<List<Object>> rows(TensorValue x) {
    List<List<Object>> r = empty(x.shape().dim(0));
    int width = (int) x.shape().dim(1);
    for (int i = 0; i < x.size(); i++) {
      r.get(i / width).add(feature(x, i));
    }
    return r;
  }

  private void cross(int batch) {
    boolean hashed = context.attrs().getBool("hashed_output");
    List<long[]> places = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    long widest = 0;
    for (int row = 0; row < batch; row++) {
      int before = values.size();
      combine(row, new ArrayList<>(), hashed, values);
      for (int i = before; i < values.size(); i++) {
        places.add(new long[] {row, i - before});
      }
      widest = Math.max(widest, values.size() - before);
    }
    context.output(0, SparseValue.matrix(places, 2));
    Shape shape = Shape.vector(values.size());
    context.output(
        1,
        hashed
            ? TensorValue.ofLongs(values.stream().mapToLong(v -> (Long) v).toArray())
            : TensorValue.wrap(DataType.STRING, shape, values.toArray(byte[][]::new)));
    context.output(2, TensorValue.ofLongs(batch, widest));
  }

  private void combine(int row, List<Object> chosen, boolean hashed, List<Object> to) {
    if (chosen.size() == columns.size()) {
      to.add(hashed ? (Object) hash(chosen) : text(chosen));
      return;
    }
    for (Object f : columns.get(chosen.size()).get(row)) {
      chosen.add(f);
      combine(row, chosen, hashed, to);
      chosen.remove(chosen.size() - 1);
    }
  }

  private static byte[] text(List<Object> chosen) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < chosen.size(); i++) {
      if (i > 0) {
        out.writeBytes(BETWEEN.getBytes(UTF_8));
      }
      Object f = chosen.get(i);
      out.writeBytes(f instanceof byte[] s ? s : f.toString().getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  private long hash(List<Object> chosen) {
    long h = context.attrs().getInt("hash_key");
    for (Object f : chosen) {
      h = joined(h, f instanceof byte[] s ? FINGERPRINT.hashBytes(s).asLong() : (Long) f);
    }
    long buckets = context.attrs().getInt("num_buckets");
    return Long.remainderUnsigned(h, buckets > 0 ? buckets : Long.MAX_VALUE);
  }

  /** One fingerprint of two, of which the order matters. */
  private static long joined(long x, long y) {
    long r = x ^ MIX;
    r ^= shifted(y * MIX) * MIX;
    r *= MIX;
    r = shifted(r) * MIX;
    return shifted(r);
  }

  private static long shifted(long x) {
    return x ^ (x >>> 47);
  }
}
