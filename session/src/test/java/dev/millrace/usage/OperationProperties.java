package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Element-wise ops, reductions, broadcasts and slices of random shapes, dtypes and values give the
 * same in a plan as in the reference mode. Each try is one graph with all ops of a kind.
 */
class OperationProperties {
  private static final int TRIES = 25;

  private static final DataType[] DTYPES = {
    DataType.FLOAT32, DataType.FLOAT32, DataType.FLOAT64, DataType.INT32, DataType.INT64,
    DataType.BOOL, DataType.FLOAT16, DataType.BFLOAT16, DataType.UINT8, DataType.INT8,
    DataType.INT16, DataType.UINT16
  };

  private static final List<String> UNARY =
      List.of(
          "Abs",
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "Ceil",
          "Cos",
          "Cosh",
          "Digamma",
          "Elu",
          "Erf",
          "Erfc",
          "Exp",
          "Expm1",
          "Floor",
          "Identity",
          "Inv",
          "Invert",
          "IsFinite",
          "IsInf",
          "IsNan",
          "LeakyRelu",
          "Lgamma",
          "Log",
          "Log1p",
          "LogicalNot",
          "Neg",
          "OnesLike",
          "PopulationCount",
          "Reciprocal",
          "Relu",
          "Relu6",
          "Rint",
          "Round",
          "Rsqrt",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Square",
          "Tan",
          "Tanh",
          "ZerosLike");

  private static final List<String> BINARY =
      List.of(
          "Add",
          "AddV2",
          "Atan2",
          "BitwiseAnd",
          "BitwiseOr",
          "BitwiseXor",
          "Div",
          "DivNoNan",
          "Equal",
          "FloorDiv",
          "FloorMod",
          "Greater",
          "GreaterEqual",
          "Less",
          "LessEqual",
          "LogicalAnd",
          "LogicalOr",
          "Maximum",
          "Minimum",
          "Mod",
          "Mul",
          "MulNoNan",
          "NextAfter",
          "NotEqual",
          "Pow",
          "RealDiv",
          "SquaredDifference",
          "Sub",
          "TruncateDiv",
          "TruncateMod",
          "Xdivy",
          "Xlogy");

  /** Of a derivative and what the op gave or took, in either order. */
  private static final List<String> DERIVATIVES =
      List.of(
          "EluGrad",
          "InvGrad",
          "LeakyReluGrad",
          "ReciprocalGrad",
          "Relu6Grad",
          "ReluGrad",
          "RsqrtGrad",
          "SeluGrad",
          "SigmoidGrad",
          "SoftplusGrad",
          "SoftsignGrad",
          "SqrtGrad",
          "TanhGrad");

  private static final List<String> REDUCTIONS =
      List.of("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum");

  /** Integers whose divisor is 0 are an error, and their negative powers, too. */
  private static final Set<String> NO_ZEROS =
      Set.of("Div", "FloorDiv", "FloorMod", "Mod", "Pow", "TruncateDiv", "TruncateMod");

  private static final Map<String, Boolean> COMPUTED = new ConcurrentHashMap<>();

  /** A graph that is being made, and what to run of it. */
  private static final class Trial {
    final Random random;
    final Ops tf = Ops.of(new Graph());
    final DataType dtype;
    final List<Operand> results = new ArrayList<>();

    Trial(long seed) {
      this(seed, DTYPES[new Random(seed ^ 77).nextInt(DTYPES.length)]);
    }

    private Trial(long seed, DataType dtype) {
      this.random = new Random(seed);
      this.dtype = dtype;
    }

    int upTo(int most) {
      return random.nextInt(most + 1);
    }

    Shape shape(int rank) {
      int largest = random.nextInt(4) == 0 ? 40 : 4;
      long[] dims = new long[rank];
      for (int i = 0; i < rank; i++) {
        dims[i] = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(largest);
      }
      return Shape.of(dims);
    }

    /** A shape that broadcasts to that one. */
    Shape within(Shape full) {
      long[] dims = full.dims();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = random.nextInt(3) == 0 ? 1 : dims[i];
      }
      return Shape.of(dims).sliceFrom(random.nextInt(3) == 0 ? upTo(dims.length) : 0);
    }

    /** Feeds of random numbers, some of them odd; of that shape, or one the graph does not know. */
    Tensor input(Shape s, boolean odd, boolean zeros) {
      TensorValue v = TensorValue.zeros(dtype, s);
      Object data = v.data();
      for (int i = 0; i < Array.getLength(data); i++) {
        double x = odd && random.nextInt(9) == 0 ? oddNumber() : random.nextGaussian() * 3;
        set(data, i, !zeros && Math.abs(x) < 1 ? 1 : x);
      }
      Tensor c = tf.constant(v);
      Shape known =
          switch (random.nextInt(4)) {
            case 0 -> Shape.unknown();
            case 1 -> Shape.ofRank(s.rank());
            default -> s;
          };
      return tf.placeholderWithDefault(c, known);
    }

    private double oddNumber() {
      double[] odd = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0,
        -0.0,
        1,
        -1,
        0.5,
        -2.5,
        1e-39,
        -1e30,
        1e9,
        300,
        -129
      };
      return odd[random.nextInt(odd.length)];
    }

    private void set(Object data, int i, double x) {
      switch (dtype) {
        case FLOAT32 -> ((float[]) data)[i] = (float) x;
        case FLOAT64 -> ((double[]) data)[i] = x;
        case FLOAT16 -> ((short[]) data)[i] = Float16.ofFloat((float) x);
        case BFLOAT16 -> ((short[]) data)[i] = Float16.bfloatOfFloat((float) x);
        case INT32 -> ((int[]) data)[i] = (int) x;
        case INT64 -> ((long[]) data)[i] = (long) x;
        case INT16, UINT16 -> ((short[]) data)[i] = (short) x;
        case BOOL -> ((byte[]) data)[i] = (byte) (x > 0 ? 1 : 0);
        default -> ((byte[]) data)[i] = (byte) x;
      }
    }

    /** Whether the op is defined and computed for the dtype. */
    boolean takes(String type) {
      return isDefined(type) && COMPUTED.computeIfAbsent(type + dtype, k -> isComputed(type));
    }

    private boolean isComputed(String type) {
      Trial one = new Trial(0, dtype);
      Tensor[] x = new Tensor[OpRegistry.global().get(type).inputs().size()];
      Arrays.fill(x, one.tf.constant(TensorValue.zeros(dtype, Shape.of(0))));
      boolean reduces = REDUCTIONS.contains(type) || type.startsWith("Arg");
      if (reduces || type.equals("BroadcastTo")) {
        return true;
      }
      try (Session s = new Session(one.tf.graph(), SessionOptions.reference())) {
        return s.fetchValue(one.op(type, x).build().output(0)).size() == 0;
      } catch (UnimplementedException e) {
        return false;
      }
    }

    private boolean isDefined(String type) {
      OpDef def = OpRegistry.global().find(type);
      assertThat(def).as(type).isNotNull();
      OpDef.ArgDef first = def.inputs().get(0);
      if (first.type() != null) {
        return first.type() == dtype;
      }
      Set<DataType> allowed = def.attrs().get(first.typeAttr()).allowedTypes();
      return allowed == null || allowed.contains(dtype);
    }

    OpBuilder op(String type, Tensor... inputs) {
      OpBuilder b = tf.op(type, null);
      for (Tensor t : inputs) {
        b.input(t);
      }
      return b;
    }

    void add(OpBuilder b) {
      results.add(b.build().output(0));
    }

    void run() {
      if (results.isEmpty()) {
        return;
      }
      try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
        // Twice: the second run finds its plan ready.
        for (int k = 0; k < 2; k++) {
          assertThat(s.runner().fetch(results).size()).isEqualTo(results.size());
        }
      }
    }
  }

  @Property(tries = TRIES)
  void functionsOfOneTensor(@ForAll long seed) {
    Trial t = new Trial(seed);
    Tensor x = t.input(t.shape(t.upTo(4)), true, true);
    for (String type : UNARY) {
      if (t.takes(type)) {
        t.add(t.op(type, x));
      }
    }
    t.run();
  }

  @Property(tries = TRIES)
  void broadcastingFunctionsOfTwo(@ForAll long seed) {
    Trial t = new Trial(seed);
    Shape full = t.shape(t.upTo(4));
    Tensor x = t.input(t.within(full), true, true);
    Tensor y = t.input(t.within(full), true, true);
    Tensor divisor = t.input(t.within(full), false, false);
    for (String type : BINARY) {
      if (t.takes(type)) {
        boolean whole = t.dtype.isInteger() && NO_ZEROS.contains(type);
        Tensor second = whole && type.equals("Pow") ? divisor.square() : whole ? divisor : y;
        t.add(t.op(type, x, second));
      }
    }
    t.run();
  }

  @Property(tries = TRIES)
  void derivativesAndChoices(@ForAll long seed) {
    Trial t = new Trial(seed);
    Shape s = t.shape(t.upTo(4));
    Tensor x = t.input(s, true, true);
    Tensor y = t.input(s, true, true);
    for (String type : DERIVATIVES) {
      if (t.takes(type)) {
        t.add(t.op(type, x, y));
      }
    }
    Tensor choice = t.input(t.within(s), false, true).cast(DataType.BOOL);
    t.add(t.op("SelectV2", choice, x, t.input(t.within(s), true, true)));
    t.add(t.op("Select", x.cast(DataType.BOOL), x, y));
    t.run();
  }

  @Property(tries = TRIES)
  void reductions(@ForAll long seed) {
    Trial t = new Trial(seed);
    int rank = t.upTo(4);
    Tensor x = t.input(t.shape(rank), t.random.nextBoolean(), true);
    for (String type : REDUCTIONS) {
      if (t.takes(type)) {
        int[] axes = t.random.ints(0, Math.max(rank, 1)).limit(t.upTo(rank)).distinct().toArray();
        for (int i = 0; i < axes.length; i++) {
          axes[i] -= t.random.nextBoolean() ? rank : 0;
        }
        Tensor a = t.tf.constant(axes);
        t.add(t.op(type, x, a).attr("keep_dims", t.random.nextBoolean()));
      }
    }
    if (rank > 0 && t.takes("ArgMax") && t.dtype != DataType.BOOL) {
      Tensor flat = t.input(Shape.of(1 + t.upTo(5), 1 + t.upTo(40)), true, true);
      Tensor axis = t.tf.constant(t.random.nextInt(2));
      t.add(t.op("ArgMax", flat, axis));
      t.add(t.op("ArgMin", flat, axis));
    }
    t.run();
  }

  @Property(tries = 2 * TRIES)
  void broadcastsAndSlices(@ForAll long seed) {
    Trial t = new Trial(seed);
    int rank = t.upTo(4);
    Shape s = t.shape(rank);
    Tensor x = t.input(s, true, true);
    if (t.takes("BroadcastTo")) {
      t.add(t.op("BroadcastTo", t.input(t.within(s), true, true), t.tf.constant(ints(s.dims()))));
    }
    int[] begin = new int[rank];
    int[] size = new int[rank];
    int[] to = new int[rank];
    int[] strides = new int[rank];
    int[] paddings = new int[2 * rank];
    int[] multiples = new int[rank];
    for (int i = 0; i < rank; i++) {
      int d = (int) s.dim(i);
      begin[i] = t.upTo(d);
      size[i] = t.random.nextInt(3) == 0 ? -1 : t.upTo(d - begin[i]);
      to[i] = t.random.nextInt(2 * d + 3) - d - 1;
      strides[i] = t.random.nextBoolean() ? 1 + t.upTo(2) : -1 - t.upTo(2);
      paddings[2 * i] = t.upTo(2);
      paddings[2 * i + 1] = t.upTo(2);
      multiples[i] = t.upTo(3);
    }
    t.add(t.op("Slice", x, t.tf.constant(begin), t.tf.constant(size)));
    t.add(
        t.op("StridedSlice", x, t.tf.constant(begin), t.tf.constant(to), t.tf.constant(strides))
            .attr("begin_mask", t.random.nextInt(1 << rank))
            .attr("end_mask", t.random.nextInt(1 << rank)));
    t.add(t.op("Pad", x, t.tf.constant(paddings).reshape(rank, 2)));
    t.add(t.op("Tile", x, t.tf.constant(multiples)));
    if (rank > 0) {
      int axis = t.random.nextInt(rank);
      t.results.add(t.tf.concat(List.of(x, x, x), axis - rank));
      t.results.add(t.tf.stack(List.of(x, x), axis));
      t.results.addAll(t.tf.unstack(t.input(s, true, true).setShape(s), axis));
      int cut = begin[axis];
      t.results.addAll(t.tf.split(x.setShape(s), new int[] {cut, -1}, axis));
      t.results.add(t.tf.reverse(x.setShape(s), axis));
    }
    t.results.add(t.tf.transpose(x));
    t.results.removeIf(r -> r.asOutput().dtype() == DataType.BOOL && t.dtype != DataType.BOOL);
    t.run();
  }

  private static int[] ints(long[] dims) {
    int[] r = new int[dims.length];
    for (int i = 0; i < r.length; i++) {
      r[i] = (int) dims[i];
    }
    return r;
  }
}
