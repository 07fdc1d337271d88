package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Nodes for every fast kernel, by op type: the dtypes, shapes and odd values it must be right for.
 */
final class Cases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType F64 = DataType.FLOAT64;
  private static final DataType I32 = DataType.INT32;
  private static final DataType I64 = DataType.INT64;
  private static final DataType BOOL = DataType.BOOL;

  private static final long[][] SHAPES = {
    {}, {0}, {1}, {7}, {1024}, {3, 5}, {2, 0, 3}, {33, 150}, {2, 3, 4, 5}, {70, 1100}
  };

  /** Pairs that broadcast: scalars, rows short and long, columns, and both ways at once. */
  private static final long[][][] PAIRS = {
    {{}, {}},
    {{5}, {}},
    {{}, {3, 4}},
    {{0}, {}},
    {{2, 0}, {2, 1}},
    {{3, 4}, {3, 4}},
    {{2500}, {2500}},
    {{40, 150}, {150}},
    {{150}, {40, 150}},
    {{40, 150}, {40, 1}},
    {{40, 1}, {40, 150}},
    {{30, 1}, {1, 40}},
    {{7, 1500}, {1500}},
    {{7, 1500}, {7, 1}},
    {{2, 3, 4}, {3, 1}},
    {{2, 1, 4, 1}, {3, 1, 5}},
    {{300, 7, 3}, {7, 3}},
    {{20, 5, 30}, {20, 1, 30}},
    {{20, 5, 30}, {5, 1}},
    {{200, 500}, {200, 500}},
    {{200, 500}, {500}},
  };

  private final Map<String, List<KernelNode>> all = new TreeMap<>();
  private final Values v = new Values(1);

  Cases() {
    unary();
    binary();
    products();
    reductions();
    runningSums();
    losses();
    biases();
    new UpdateCases(v, this::add);
    new MovementCases(v, this::add);
    new ConvCases(v, this::add);
    new PoolCases(v, this::add);
    new CellCases(new Values(7), this::add);
    choices();
    random();
  }

  /** The cases by op type. */
  Map<String, List<KernelNode>> all() {
    return all;
  }

  private void add(KernelNode n) {
    all.computeIfAbsent(n.opType(), t -> new ArrayList<>()).add(n);
  }

  private void unary() {
    for (String op : ElementwiseKernels.UNARY) {
      for (DataType t : new DataType[] {F32, F64, I32, I64, BOOL}) {
        if (!takes(op, t)) {
          continue;
        }
        for (long[] s : SHAPES) {
          add(KernelNode.of(op, v.normal(t, s)));
        }
        add(KernelNode.of(op, v.odd(t, 3000)));
        add(KernelNode.of(op, v.positive(t, 3000)));
      }
    }
  }

  private static boolean takes(String op, DataType t) {
    return switch (t) {
      case FLOAT32 -> !op.equals("LogicalNot");
      case FLOAT64 -> !op.equals("LogicalNot") && !op.equals("Erf");
      case BOOL -> op.equals("LogicalNot");
      default -> List.of("Neg", "Abs", "Sign", "Square", "Relu").contains(op);
    };
  }

  private void binary() {
    for (String op : ElementwiseKernels.BINARY) {
      boolean sameShapes = op.endsWith("Grad");
      for (DataType t : new DataType[] {F32, F64, I32, I64, BOOL}) {
        if (!takesPair(op, t)) {
          continue;
        }
        for (long[][] s : PAIRS) {
          if (sameShapes && !Arrays.equals(s[0], s[1])) {
            continue;
          }
          boolean positive = op.equals("Pow") || op.contains("Div") || op.contains("Mod");
          add(
              KernelNode.of(
                  op,
                  op.equals("Pow") ? v.positive(t, s[0]) : v.normal(t, s[0]),
                  positive ? v.positive(t, s[1]) : v.normal(t, s[1])));
        }
        if (t == F32 || t == F64) {
          add(
              sameShapes
                  ? KernelNode.of(op, v.oddInRange(t, 3000), v.oddInRange(t, 3000))
                  : KernelNode.of(op, v.odd(t, 3000), v.odd(t, 3000)));
        }
      }
    }
  }

  private static boolean takesPair(String op, DataType t) {
    boolean logical = op.startsWith("Logical");
    boolean real = op.endsWith("Grad") || op.equals("RealDiv") || op.endsWith("NoNan");
    return switch (t) {
      case FLOAT32, FLOAT64 -> !logical && !op.equals("TruncateDiv");
      case BOOL -> logical || op.equals("Equal") || op.equals("NotEqual");
      default -> !logical && !real;
    };
  }

  private void products() {
    long[][] sizes = {
      {1, 1, 1},
      {1, 150, 150},
      {32, 150, 1},
      {7, 3, 5},
      {32, 150, 150},
      {150, 178, 33},
      {13, 64, 700},
      {0, 3, 4},
      {3, 0, 4},
      {3, 4, 0},
      {200, 100, 300}
    };
    for (DataType t : new DataType[] {F32, F64}) {
      for (long[] s : sizes) {
        for (int flags = 0; flags < 4; flags++) {
          boolean ta = (flags & 1) != 0;
          boolean tb = (flags & 2) != 0;
          add(
              KernelNode.of(
                      "MatMul",
                      ta ? v.normal(t, s[1], s[0]) : v.normal(t, s[0], s[1]),
                      tb ? v.normal(t, s[2], s[1]) : v.normal(t, s[1], s[2]))
                  .attr("transpose_a", AttrValue.of(ta))
                  .attr("transpose_b", AttrValue.of(tb)));
          batches(t, ta, tb);
        }
      }
    }
  }

  private void batches(DataType t, boolean ta, boolean tb) {
    long[][][] batch = {
      {{}, {}}, {{3}, {3}}, {{2, 3}, {2, 3}}, {{5}, {}}, {{}, {5}}, {{2, 1}, {3}}, {{0}, {0}}
    };
    for (long[][] b : batch) {
      TensorValue x = matrices(t, b[0], ta ? 9 : 4, ta ? 4 : 9);
      TensorValue y = matrices(t, b[1], tb ? 6 : 9, tb ? 9 : 6);
      add(
          KernelNode.of("BatchMatMulV2", x, y)
              .attr("adj_x", AttrValue.of(ta))
              .attr("adj_y", AttrValue.of(tb)));
      if (Arrays.equals(b[0], b[1]) && b[0].length > 0) {
        add(
            KernelNode.of("BatchMatMul", x, y)
                .attr("adj_x", AttrValue.of(ta))
                .attr("adj_y", AttrValue.of(tb)));
      }
    }
  }

  private TensorValue matrices(DataType t, long[] batch, long rows, long columns) {
    return v.normal(t, Shape.of(batch).concat(Shape.matrix(rows, columns)).dims());
  }

  private void reductions() {
    long[][] shapes = {
      {},
      {1},
      {5},
      {3000},
      {3, 4},
      {0, 3},
      {3, 0},
      {500, 3},
      {3, 500},
      {40, 1500},
      {2, 3, 4, 5},
      {6, 1, 40, 2},
      {3, 70, 5},
      {70000},
      {300, 400},
      {2, 300, 5, 40}
    };
    for (String op : List.of("Sum", "Mean", "Max", "Min", "Prod", "All", "Any")) {
      boolean logical = op.equals("All") || op.equals("Any");
      DataType[] types = logical ? new DataType[] {BOOL} : new DataType[] {F32, F64, I32, I64};
      for (DataType t : types) {
        for (long[] s : shapes) {
          for (int mask = 0; mask < 1 << s.length; mask++) {
            TensorValue x = op.equals("Prod") && t.isFloating() ? nearOne(t, s) : v.normal(t, s);
            add(
                KernelNode.of(op, x, axes(mask, s.length))
                    .attr("keep_dims", AttrValue.of(mask % 2 == 0)));
          }
        }
        if (t.isFloating() && !logical) {
          add(KernelNode.of(op, v.oddInRange(t, 40, 60), TensorValue.ofInts(0)));
          add(KernelNode.of(op, v.oddInRange(t, 40, 60), TensorValue.ofInts(-1)));
          add(KernelNode.of(op, v.oddInRange(t, 3000, 2), TensorValue.ofInts(0)));
          add(KernelNode.of(op, v.oddInRange(t, 3, 50, 700), TensorValue.ofInts(0, 1)));
        }
      }
    }
    for (DataType t : new DataType[] {F32, F64}) {
      add(KernelNode.of("L2Loss", v.normal(t)));
      add(KernelNode.of("L2Loss", v.normal(t, 30, 500)));
      add(KernelNode.of("L2Loss", v.normal(t, 300000)));
    }
  }

  private TensorValue nearOne(DataType t, long... s) {
    TensorValue x = v.normal(t, s);
    for (int i = 0; i < x.size(); i++) {
      if (t == F32) {
        x.floats()[i] = 1 + x.floats()[i] / 1000;
      } else {
        x.doubles()[i] = 1 + x.doubles()[i] / 1000;
      }
    }
    return x;
  }

  private static TensorValue axes(int mask, int rank) {
    int[] a = new int[Integer.bitCount(mask)];
    int n = 0;
    for (int i = rank - 1; i >= 0; i--) {
      if ((mask >> i & 1) != 0) {
        a[n++] = i % 2 == 0 ? i : i - rank;
      }
    }
    return TensorValue.ofInts(a);
  }

  private void losses() {
    for (DataType t : new DataType[] {F32, F64}) {
      for (long[] s : new long[][] {{1, 1}, {5, 10}, {300, 7}, {3, 2500}, {0, 4}, {40, 150}}) {
        for (String op : List.of("Softmax", "LogSoftmax")) {
          add(KernelNode.of(op, v.normal(t, s)));
        }
        TensorValue x = v.normal(t, s);
        add(
            KernelNode.of(
                "SoftmaxCrossEntropyWithLogits",
                x,
                KernelNode.of("Softmax", v.normal(t, s)).reference().get(0)));
        for (DataType label : new DataType[] {I32, I64}) {
          add(
              KernelNode.of(
                  "SparseSoftmaxCrossEntropyWithLogits", x, v.below(label, (int) s[1], s[0])));
        }
      }
      add(KernelNode.of("Softmax", v.normal(t, 7)));
      add(KernelNode.of("LogSoftmax", v.normal(t, 2, 3, 4)));
    }
  }

  private void biases() {
    for (DataType t : new DataType[] {F32, F64}) {
      for (long[] s : new long[][] {{3, 4}, {50, 150}, {2, 3, 4, 5}, {30, 10, 10, 32}, {0, 3}}) {
        add(KernelNode.of("BiasAdd", v.normal(t, s), v.normal(t, s[s.length - 1])));
        add(KernelNode.of("BiasAddV1", v.normal(t, s), v.normal(t, s[s.length - 1])));
        add(KernelNode.of("BiasAddGrad", v.normal(t, s)));
        if (s.length == 4) {
          add(
              KernelNode.of("BiasAdd", v.normal(t, s), v.normal(t, s[1]))
                  .attr("data_format", AttrValue.of("NCHW")));
          add(
              KernelNode.of("BiasAddGrad", v.normal(t, s))
                  .attr("data_format", AttrValue.of("NCHW")));
        }
      }
    }
  }

  private void choices() {
    for (DataType t : new DataType[] {F32, F64, I32, I64}) {
      for (String op : List.of("ArgMax", "ArgMin")) {
        for (long[] s : new long[][] {{1}, {700}, {30, 40}, {3, 50, 60}, {2, 1, 3}, {0, 4}}) {
          for (int axis = -1; axis < s.length; axis++) {
            if (s[axis < 0 ? s.length - 1 : axis] == 0) {
              continue;
            }
            TensorValue x = v.below(I32, 30, s);
            TensorValue y =
                KernelNode.of("Cast", x).attr("DstT", AttrValue.of(t)).reference().get(0);
            add(
                KernelNode.of(op, y, TensorValue.of(axis))
                    .attr("output_type", AttrValue.of(axis % 2 == 0 ? I32 : I64)));
          }
        }
        if (t.isFloating()) {
          add(KernelNode.of(op, v.odd(t, 200, 7), TensorValue.of(1)));
        }
      }
      for (int n = 1; n < 4; n++) {
        for (long[] s : new long[][] {{}, {0}, {3, 4}, {50000}}) {
          TensorValue[] x = new TensorValue[n];
          for (int i = 0; i < n; i++) {
            x[i] = v.normal(t, s);
          }
          add(KernelNode.of("AddN", x));
          add(KernelNode.of("AccumulateNV2", x).attr("shape", AttrValue.of(Shape.of(s))));
        }
      }
    }
    for (DataType t : new DataType[] {I32, I64}) {
      add(
          KernelNode.of("InTopK", v.odd(F32, 300, 5), v.below(t, 6, 300))
              .attr("k", AttrValue.of(2)));
      add(
          KernelNode.of("InTopK", v.normal(F32, 0, 5), v.below(t, 6, 0))
              .attr("k", AttrValue.of(2)));
      TensorValue k =
          KernelNode.of("Cast", TensorValue.of(3)).attr("DstT", AttrValue.of(t)).reference().get(0);
      add(KernelNode.of("InTopKV2", v.normal(F32, 300, 50), v.below(t, 50, 300), k));
    }
  }

  private void runningSums() {
    Values own = new Values(3);
    long[][] shapes = {
      {5}, {2500}, {3, 4}, {40, 150}, {3, 0, 2}, {7, 20, 1500}, {2500, 3}, {60, 1}
    };
    for (DataType t : new DataType[] {F32, F64}) {
      for (long[] s : shapes) {
        for (int axis = -1; axis < s.length; axis++) {
          for (int flags = 0; flags < 4; flags++) {
            add(
                KernelNode.of("Cumsum", own.normal(t, s), TensorValue.of(axis))
                    .attr("exclusive", AttrValue.of((flags & 1) != 0))
                    .attr("reverse", AttrValue.of((flags & 2) != 0)));
          }
        }
      }
    }
  }

  private void random() {
    for (long[] s : new long[][] {{}, {0}, {7}, {1030}, {300, 100}}) {
      int[] dims = Arrays.stream(s).mapToInt(d -> (int) d).toArray();
      TensorValue shape = TensorValue.ofInts(dims);
      for (DataType t : new DataType[] {F32, F64}) {
        for (String op : List.of("RandomUniform", "RandomStandardNormal", "TruncatedNormal")) {
          add(
              KernelNode.of(op, shape)
                  .attr("dtype", AttrValue.of(t))
                  .attr("seed", AttrValue.of(7))
                  .attr("seed2", AttrValue.of(11)));
        }
      }
      TensorValue seed = TensorValue.ofLongs(3, -4);
      for (DataType t : new DataType[] {F32, F64}) {
        for (String op : List.of("RandomUniform", "RandomNormal", "TruncatedNormal")) {
          add(KernelNode.of("Stateless" + op, shape, seed).attr("dtype", AttrValue.of(t)));
        }
      }
      TensorValue intSeed = TensorValue.ofInts(3, -4);
      TensorValue from = TensorValue.of(-3);
      add(KernelNode.of("StatelessRandomUniformInt", shape, intSeed, from, TensorValue.of(9)));
      TensorValue longFrom = TensorValue.of(-3L);
      TensorValue to = TensorValue.of(1L << 40);
      add(KernelNode.of("StatelessRandomUniformInt", shape, seed, longFrom, to));
      add(
          KernelNode.of("RandomUniformInt", shape, TensorValue.of(-3), TensorValue.of(9))
              .attr("seed", AttrValue.of(7)));
      add(
          KernelNode.of("RandomUniformInt", shape, TensorValue.of(-3L), TensorValue.of(1L << 40))
              .attr("seed", AttrValue.of(7)));
    }
  }
}
