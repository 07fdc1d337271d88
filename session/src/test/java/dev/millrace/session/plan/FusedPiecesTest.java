package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random programs of element-wise nodes on values that are parted, joined, broadcast and summed,
 * against the reference mode.
 */
class FusedPiecesTest {
  private static final int[] OUTER = {1, 2, 7, 33, 130};
  private static final int[] WIDTHS = {1, 2, 3, 5, 64, 150, 400, 1100};
  private static final int MOST_PIECES = 4;

  /** A program under construction: values that are so many pieces wide along an axis. */
  private static final class Builder {
    private final Random r;
    private final Ops tf;
    private final DataType type;
    private final int axis;
    private final long[] dims; // of one piece
    private final Tensor input; // wider than any value
    private final List<List<Tensor>> values = new ArrayList<>(); // by pieces, less one

    Builder(Graph g, Random r, DataType type) {
      this.r = r;
      this.tf = Ops.of(g);
      this.type = type;
      int rank = 2 + r.nextInt(2);
      axis = r.nextInt(4) == 0 ? r.nextInt(rank) : rank - 1;
      dims = new long[rank];
      for (int i = 0; i < rank; i++) {
        dims[i] = i == axis ? one(WIDTHS) : i < rank - 1 || axis != rank - 1 ? one(OUTER) : 1;
      }
      while (Arrays.stream(dims).reduce(1, (a, b) -> a * b) > 60_000) {
        for (int i = 0; i < rank; i++) {
          dims[i] = (dims[i] + 1) / 2;
        }
      }
      long[] wide = Arrays.stream(shape(MOST_PIECES + 1)).mapToLong(d -> d).toArray();
      wide[0] = -1;
      input = tf.placeholder(type, wide);
      for (int k = 0; k < MOST_PIECES; k++) {
        int[] begin = new int[rank];
        begin[axis] = r.nextInt((int) dims[axis] + 1);
        int[] size = shape(k + 1);
        size[0] = axis == 0 ? size[0] : -1;
        values.add(new ArrayList<>(List.of(tf.slice(input, begin, size))));
      }
    }

    private int one(int[] of) {
      return of[r.nextInt(of.length)];
    }

    int[] shape(int pieces) {
      int[] s = Arrays.stream(dims).mapToInt(d -> (int) d).toArray();
      s[axis] *= pieces;
      return s;
    }

    Tensor pick(int pieces) {
      List<Tensor> of = values.get(pieces - 1);
      return of.get(of.size() - 1 - Math.min(r.nextInt(of.size()), r.nextInt(of.size())));
    }

    void add(Tensor t, int pieces) {
      values.get(pieces - 1).add(t);
    }

    void step() {
      int k = 1 + r.nextInt(MOST_PIECES);
      switch (r.nextInt(9)) {
        case 0, 1 -> add(unary(pick(k)), k);
        case 2, 3 -> add(binary(pick(k), pick(k)), k);
        case 4 -> add(pick(k).add(broadcast(k)), k);
        case 5 -> split();
        case 6 -> join();
        case 7 -> slice(k);
        default ->
            add(pick(k).add(tf.constant(values(r, type, Shape.of(shape(k)[dims.length - 1])))), k);
      }
    }

    private Tensor unary(Tensor x) {
      return switch (r.nextInt(4)) {
        case 0 -> x.neg();
        case 1 -> type.isInteger() ? x.abs() : x.tanh();
        case 2 -> x.cast(type == DataType.FLOAT64 ? DataType.INT32 : DataType.FLOAT64).cast(type);
        default -> type == DataType.FLOAT32 ? x.relu() : x.square().mul(tf.cast(0, type)).add(x);
      };
    }

    private Tensor binary(Tensor x, Tensor y) {
      return switch (r.nextInt(4)) {
        case 0 -> x.add(y);
        case 1 -> x.sub(y);
        case 2 -> x.maximum(y);
        default -> tf.where(x.greater(y), x, y);
      };
    }

    /** A constant with some of the dimensions 1. */
    private Tensor broadcast(int pieces) {
      long[] s = Arrays.stream(shape(pieces)).mapToLong(d -> d).toArray();
      for (int i = 0; i < s.length; i++) {
        s[i] = r.nextBoolean() ? 1 : s[i];
      }
      return tf.constant(values(r, type, Shape.of(s)));
    }

    private void split() {
      int k = 2 + r.nextInt(MOST_PIECES - 1);
      List<Tensor> parts = pick(k).split(k, axis);
      parts.forEach(p -> add(p, 1));
    }

    private void join() {
      int k = 2 + r.nextInt(MOST_PIECES - 1);
      Object[] parts = new Object[k];
      for (int i = 0; i < k; i++) {
        parts[i] = pick(1);
      }
      add(tf.concat(axis, parts), k);
    }

    /** At any place, between pieces or not. */
    private void slice(int k) {
      int from = 1 + r.nextInt(MOST_PIECES);
      if (from < k) {
        return;
      }
      int[] begin = new int[dims.length];
      int room = (int) dims[axis] * (from - k);
      begin[axis] =
          r.nextBoolean() ? (int) dims[axis] * r.nextInt(from - k + 1) : r.nextInt(room + 1);
      add(tf.slice(pick(from), begin, shape(k)), k);
    }

    Tensor sum(int pieces) {
      Tensor x = pick(pieces);
      int rank = dims.length;
      return switch (r.nextInt(6)) {
        case 0 -> x.reduceSum();
        case 1 -> x.reduceMean();
        case 2 -> x.reduceSum(r.nextInt(rank));
        case 3 -> x.reduceMean(true, 0);
        case 4 -> x.reduceSum(rank - 1);
        default -> tf.tensor(tf.op("BiasAddGrad", "BiasAddGrad").input(x).build().output(0));
      };
    }
  }

  private static TensorValue values(Random r, DataType type, Shape s) {
    float[] f = new float[(int) s.numElements()];
    for (int i = 0; i < f.length; i++) {
      f[i] = type.isInteger() ? r.nextInt(19) - 9 : r.nextFloat() * 2 - 1;
    }
    TensorValue v = TensorValue.of(f).reshape(s);
    return switch (type) {
      case FLOAT32 -> v;
      case FLOAT64 -> TensorValue.of(v.toDoubles()).reshape(s);
      default ->
          TensorValue.of(Arrays.stream(v.toDoubles()).mapToInt(d -> (int) d).toArray()).reshape(s);
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT32", "FLOAT64", "INT32"})
  void computeWhatTheReferenceModeDoes(DataType type) {
    for (int seed = 0; seed < 60; seed++) {
      Random r = new Random(seed);
      Graph g = new Graph();
      Builder b = new Builder(g, r, type);
      for (int i = 0; i < 18; i++) {
        b.step();
      }
      Tensor[] fetches = {
        b.pick(1), b.pick(1 + r.nextInt(MOST_PIECES)), b.sum(1), b.sum(1 + r.nextInt(MOST_PIECES))
      };
      long[] whole = Arrays.stream(b.shape(MOST_PIECES + 1)).mapToLong(d -> d).toArray();
      compare(g, b.input, values(r, type, Shape.of(whole)), "seed " + seed, fetches);
    }
  }

  private static void compare(
      Graph g, Tensor in, TensorValue value, String name, Tensor... fetches) {
    SessionOptions one = SessionOptions.builder().threads(1).build();
    SessionOptions three = SessionOptions.builder().threads(3).build();
    try (Session plan = new Session(g, three);
        Session single = new Session(g, one);
        Session reference = new Session(g, SessionOptions.reference())) {
      for (Tensor f : fetches) {
        double[] a = plan.feed(in, value).fetchValue(f).toDoubles();
        double[] b = reference.feed(in, value).fetchValue(f).toDoubles();
        double scale = Math.max(1, Arrays.stream(b).map(Math::abs).max().orElse(1));
        assertThat(a).as(name).hasSameSizeAs(b);
        for (int j = 0; j < a.length; j++) {
          assertThat(Math.abs(a[j] - b[j]) <= 2e-5 * scale || a[j] == b[j])
              .as("%s, %s, element %s: %s, wanted %s", name, f, j, a[j], b[j])
              .isTrue();
        }
        assertThat(single.feed(in, value).fetchValue(f).toDoubles()).as(name).isEqualTo(a);
      }
      compareTogether(plan, reference, in, value, name, fetches);
    }
  }

  /** All in one run, so that values are both stored and used on, and places are reused. */
  private static void compareTogether(
      Session plan, Session reference, Tensor in, TensorValue value, String name, Tensor[] f) {
    for (int run = 0; run < 2; run++) {
      var got = plan.feed(in, value).fetch(f[0], f[1], f[2], f[3]);
      var want = reference.feed(in, value).fetch(f[0], f[1], f[2], f[3]);
      for (int i = 0; i < f.length; i++) {
        double[] a = got.value(i).toDoubles();
        double[] b = want.value(i).toDoubles();
        double scale = Math.max(1, Arrays.stream(b).map(Math::abs).max().orElse(1));
        for (int j = 0; j < a.length; j++) {
          assertThat(Math.abs(a[j] - b[j]) <= 2e-5 * scale || a[j] == b[j])
              .as("%s together, %s, element %s: %s, wanted %s", name, f[i], j, a[j], b[j])
              .isTrue();
        }
      }
    }
  }
}
