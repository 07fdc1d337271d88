package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.Arrays;

/** Pooling and its gradients. */
final class PoolOps {
  private static final String FLOATS = "T: {half, bfloat16, float, double}";
  private static final String REAL = "T: realnumbertype";
  private static final String REAL_FLOAT = "T: realnumbertype = float";
  private static final String MAX_POOLED =
      "T: {half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} ="
          + " float";
  private static final String PADDING = "padding: {'SAME', 'VALID'}";
  private static final String FORMAT = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";
  private static final String MAX_FORMAT = "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'";
  private static final String FORMAT3D = "data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'";

  private PoolOps() {}

  static void register(OpRegistry r) {
    max(r);
    maxV2(r);
    withArgmax(r);
    max3d(r);
    average(r, "AvgPool", "value", 4, FORMAT);
    average(r, "AvgPool3D", "input", 5, FORMAT3D);
  }

  private static String ksize(int rank) {
    return "ksize: list(int) >= " + rank;
  }

  private static String strides(int rank) {
    return "strides: list(int) >= " + rank;
  }

  private static void max(OpRegistry r) {
    r.add(
        OpDef.named("MaxPool")
            .inputs("input: T")
            .outputs("output: T")
            .attrs(MAX_POOLED, ksize(4), strides(4), PADDING, MAX_FORMAT)
            .shape(PoolOps::pooledShape));
    r.add(
        OpDef.named("MaxPoolGrad")
            .inputs("orig_input: T", "orig_output: T", "grad: T")
            .outputs("output: T")
            .attrs(ksize(4), strides(4), PADDING, FORMAT, REAL_FLOAT)
            .shape(PoolOps::gradientShape));
    r.add(
        OpDef.named("MaxPoolGradGrad")
            .inputs("orig_input: T", "orig_output: T", "grad: T")
            .outputs("output: T")
            .attrs(ksize(4), strides(4), PADDING, FORMAT, REAL)
            .shape(PoolOps::secondGradientShape));
  }

  private static void maxV2(OpRegistry r) {
    r.add(
        OpDef.named("MaxPoolV2")
            .inputs("input: T", "ksize: int32", "strides: int32")
            .outputs("output: T")
            .attrs(MAX_POOLED, PADDING, MAX_FORMAT)
            .valueInputs(1, 2)
            .shape(PoolOps::pooledShape));
    r.add(
        OpDef.named("MaxPoolGradV2")
            .inputs("orig_input: T", "orig_output: T", "grad: T", "ksize: int32", "strides: int32")
            .outputs("output: T")
            .attrs(PADDING, FORMAT, REAL_FLOAT)
            .valueInputs(3, 4)
            .shape(PoolOps::gradientShape));
    r.add(
        OpDef.named("MaxPoolGradGradV2")
            .inputs("orig_input: T", "orig_output: T", "grad: T", "ksize: int32", "strides: int32")
            .outputs("output: T")
            .attrs(PADDING, FORMAT, REAL)
            .valueInputs(3, 4)
            .shape(PoolOps::secondGradientShape));
  }

  private static void withArgmax(OpRegistry r) {
    String[] attrs = {ksize(4), strides(4), PADDING, "include_batch_in_index: bool = false", REAL};
    r.add(
        OpDef.named("MaxPoolWithArgmax")
            .inputs("input: T")
            .outputs("output: T", "argmax: Targmax")
            .attrs(with(attrs, "Targmax: {int32, int64} = int64"))
            .shape(
                c -> {
                  pooledShape(c);
                  c.output(1, spec(c).output(c.inputOfRank(0, 4)));
                }));
    String[] backward = with(attrs, "Targmax: {int32, int64}");
    r.add(
        OpDef.named("MaxPoolGradWithArgmax")
            .inputs("input: T", "grad: T", "argmax: Targmax")
            .outputs("output: T")
            .attrs(backward)
            .shape(
                c -> {
                  Shape in = c.inputOfRank(0, 4);
                  spec(c).requireOutput(c.inputOfRank(1, 4), in, "grad");
                  spec(c).requireOutput(c.inputOfRank(2, 4), in, "argmax");
                  c.output(0, in);
                }));
    r.add(
        OpDef.named("MaxPoolGradGradWithArgmax")
            .inputs("input: T", "grad: T", "argmax: Targmax")
            .outputs("output: T")
            .attrs(backward)
            .shape(
                c -> {
                  Shape in = Shapes.merged(c, 0, 2);
                  c.output(0, spec(c).requireOutput(c.inputOfRank(2, 4), in, "argmax"));
                }));
  }

  private static String[] with(String[] attrs, String more) {
    String[] all = Arrays.copyOf(attrs, attrs.length + 1);
    all[attrs.length] = more;
    return all;
  }

  private static void max3d(OpRegistry r) {
    r.add(
        OpDef.named("MaxPool3D")
            .inputs("input: T")
            .outputs("output: T")
            .attrs(ksize(5), strides(5), PADDING, FORMAT3D, "T: {half, bfloat16, float}")
            .shape(PoolOps::pooledShape));
    r.add(
        OpDef.named("MaxPool3DGrad")
            .inputs("orig_input: TInput", "orig_output: TInput", "grad: T")
            .outputs("output: T")
            .attrs(
                ksize(5),
                strides(5),
                PADDING,
                FORMAT3D,
                "T: {half, bfloat16, float} = float",
                "TInput: {half, bfloat16, float} = float")
            .shape(PoolOps::gradientShape));
    r.add(
        OpDef.named("MaxPool3DGradGrad")
            .inputs("orig_input: T", "orig_output: T", "grad: T")
            .outputs("output: T")
            .attrs(ksize(5), strides(5), PADDING, FORMAT3D, REAL)
            .shape(PoolOps::secondGradientShape));
  }

  private static void average(OpRegistry r, String type, String input, int rank, String format) {
    r.add(
        OpDef.named(type)
            .inputs(input + ": T")
            .outputs("output: T")
            .attrs(ksize(rank), strides(rank), PADDING, format, FLOATS)
            .shape(PoolOps::pooledShape));
    r.add(
        OpDef.named(type + "Grad")
            .inputs("orig_input_shape: int32", "grad: T")
            .outputs("output: T")
            .attrs(ksize(rank), strides(rank), PADDING, format, FLOATS)
            .valueInputs(0)
            .shape(
                c -> {
                  Shape in = ConvOps.ofRank(Shapes.spelledBy(c, 0), rank, "orig_input_shape");
                  spec(c).requireOutput(c.inputOfRank(1, rank), in, "grad");
                  c.output(0, in);
                }));
  }

  /** The specification; null where window sizes or strides are inputs that are not known. */
  private static PoolSpec spec(ShapeContext c) {
    if (c.attrs().has("ksize")) {
      return PoolSpec.of(c.opType(), c.attrs());
    }
    int at = c.inputCount() - 2;
    c.inputOfRank(at, 1);
    c.inputOfRank(at + 1, 1);
    KnownInts sizes = c.ints(at);
    KnownInts strides = c.ints(at + 1);
    if (sizes == null || strides == null || !sizes.isFullyKnown() || !strides.isFullyKnown()) {
      return null;
    }
    return PoolSpec.of(c.opType(), c.attrs(), sizes.toLongs(), strides.toLongs());
  }

  private static void pooledShape(ShapeContext c) {
    int rank = PoolSpec.rank(c.opType());
    Shape in = c.inputOfRank(0, rank);
    PoolSpec spec = spec(c);
    c.output(0, spec == null ? Shape.ofRank(rank).withDim(0, in.dim(0)) : spec.output(in));
  }

  private static void gradientShape(ShapeContext c) {
    int rank = PoolSpec.rank(c.opType());
    Shape in = c.inputOfRank(0, rank);
    requireOutput(c, spec(c), in, 1);
    requireOutput(c, spec(c), in, 2);
    c.output(0, in);
  }

  private static void secondGradientShape(ShapeContext c) {
    int rank = PoolSpec.rank(c.opType());
    Shape in = c.inputOfRank(0, rank);
    Shape grad = c.inputOfRank(2, rank);
    if (!in.isCompatibleWith(grad)) {
      throw new InvalidArgumentException(
          "grad must have the shape of orig_input, which is " + in + ", but is " + grad);
    }
    c.output(0, requireOutput(c, spec(c), in.merge(grad), 1));
  }

  private static Shape requireOutput(ShapeContext c, PoolSpec spec, Shape in, int i) {
    Shape given = c.inputOfRank(i, in.rank());
    return spec == null ? given : spec.requireOutput(given, in, i == 1 ? "orig_output" : "grad");
  }
}
