package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Op types under the names of long ago; the types that took their place are registered before. */
final class OldOps {
  private static final String FLOW_IN = "flow_in: float";
  private static final String FLOW_OUT = "flow_out: float";
  private static final String ELEMENT_SHAPE = "element_shape: shape = { unknown_rank: true }";

  private OldOps() {}

  static void register(OpRegistry r) {
    batched(r);
    for (boolean reference : new boolean[] {true, false}) {
      arrays(r, reference ? "" : "V2", reference ? "handle: Ref(string)" : "handle: string");
    }
    packing(r);
    r.add(
        OpDef.named("Bitcast")
            .inputs("input: T")
            .outputs("output: type")
            .attrs("T: " + BITS, "type: " + BITS)
            .shape(OldOps::bitcastShape));
  }

  private static final String BITS =
      "{bfloat16, half, float, double, int64, int32, uint8, uint16, uint32, uint64, int8, int16,"
          + " complex64, complex128, qint8, quint8, qint16, quint16, qint32}";

  /** What works on batches has not had a type of its own since TensorFlow 0.9. */
  private static void batched(OpRegistry r) {
    for (String type :
        new String[] {
          "MatrixDeterminant",
          "MatrixDiag",
          "MatrixDiagPart",
          "MatrixInverse",
          "MatrixSetDiag",
          "MatrixSolve",
          "MatrixSolveLs",
          "MatrixTriangularSolve",
          "Cholesky",
          "CholeskyGrad",
          "SelfAdjointEigV2",
          "Svd"
        }) {
      r.add(r.get(type).renamed("Batch" + type));
    }
    r.add(
        OpDef.named("BatchMatrixBandPart")
            .inputs("input: T", "num_lower: int64", "num_upper: int64")
            .outputs("band: T")
            .attrs("T: type")
            .shape(r.get("MatrixBandPart").shapeFn()));
    for (String type : new String[] {"FFT", "IFFT", "FFT2D", "IFFT2D", "FFT3D", "IFFT3D"}) {
      r.add(
          OpDef.named("Batch" + type)
              .inputs("input: complex64")
              .outputs("output: complex64")
              .shape(r.get(type).shapeFn()));
    }
    for (String type : new String[] {"SelfAdjointEig", "BatchSelfAdjointEig"}) {
      r.add(
          OpDef.named(type)
              .inputs("input: T")
              .outputs("output: T")
              .attrs("T: {double, float}")
              .shape(LinalgOps::valuesAboveVectors));
    }
  }

  /** Tensor arrays whose handles are names. */
  private static void arrays(OpRegistry r, String v, String handle) {
    boolean reference = v.isEmpty();
    r.add(
        OpDef.named("TensorArray" + v)
            .inputs("size: int32")
            .outputs(handle)
            .attrs(
                "dtype: type",
                ELEMENT_SHAPE,
                "dynamic_size: bool = false",
                "clear_after_read: bool = true",
                "tensor_array_name: string = ''")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the size");
                  c.output(0, Shape.vector(2));
                }));
    r.add(
        OpDef.named("TensorArrayGrad" + v)
            .inputs("handle: string", FLOW_IN)
            .outputs(reference ? "grad_handle: Ref(string)" : "grad_handle: string")
            .attrs("source: string")
            .stateful()
            .shape(c -> c.output(0, Shape.vector(2))));
    same(
        r,
        "Write",
        OpDef.named("TensorArrayWrite" + v)
            .inputs(handle, "index: int32", "value: T", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type"));
    same(
        r,
        "Read",
        OpDef.named("TensorArrayRead" + v)
            .inputs(handle, "index: int32", FLOW_IN)
            .outputs("value: dtype")
            .attrs("dtype: type")
            .stateShape());
    same(
        r,
        "Size",
        OpDef.named("TensorArraySize" + v).inputs(handle, FLOW_IN).outputs("size: int32"));
    same(r, "Close", OpDef.named("TensorArrayClose" + v).inputs(handle));
    same(
        r,
        "Gather",
        OpDef.named("TensorArrayGather" + v)
            .inputs(handle, "indices: int32", FLOW_IN)
            .outputs("value: dtype")
            .attrs("dtype: type", ELEMENT_SHAPE)
            .stateShape());
    same(
        r,
        "Scatter",
        OpDef.named("TensorArrayScatter" + v)
            .inputs(handle, "indices: int32", "value: T", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type"));
    same(
        r,
        "Concat",
        OpDef.named("TensorArrayConcat" + v)
            .inputs(handle, FLOW_IN)
            .outputs("value: dtype", "lengths: int64")
            .attrs("dtype: type", "element_shape_except0: shape = { unknown_rank: true }")
            .stateShape());
    same(
        r,
        "Split",
        OpDef.named("TensorArraySplit" + v)
            .inputs(handle, "value: T", "lengths: int64", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type"));
  }

  /** Adds a type with the shapes of the third version. */
  private static void same(OpRegistry r, String what, OpDef.Builder b) {
    r.add(b.stateful().shape(r.get("TensorArray" + what + "V3").shapeFn()));
  }

  /** All elements at once, in the first version only. */
  private static void packing(OpRegistry r) {
    r.add(
        OpDef.named("TensorArrayPack")
            .inputs("handle: Ref(string)", FLOW_IN)
            .outputs("value: dtype")
            .attrs("dtype: type", ELEMENT_SHAPE)
            .stateful()
            .stateShape()
            .shape(
                c -> {
                  Shape element = c.attrs().getShape("element_shape");
                  c.output(0, Shape.ofRank(1).concat(element));
                }));
    r.add(
        OpDef.named("TensorArrayUnpack")
            .inputs("handle: Ref(string)", "value: T", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type")
            .stateful()
            .shape(
                c -> {
                  c.inputOfRankAtLeast(1, 1);
                  c.output(0, Shape.scalar());
                }));
  }

  /** Elements twice as wide are made of two along a last dimension, narrower ones add one. */
  private static void bitcastShape(ShapeContext c) {
    int from = c.attrs().getType("T").size();
    int to = c.attrs().getType("type").size();
    Shape s = c.input(0);
    if (!s.hasRank() || from == to) {
      c.output(0, s);
    } else if (from > to) {
      c.output(0, s.concat(Shape.vector(from / to)));
    } else {
      Shape x = c.inputOfRankAtLeast(0, 1);
      Shapes.mergeDims(x.dim(-1), to / from, "the last dimension and the elements of one");
      c.output(0, x.slice(0, -1));
    }
  }
}
