package dev.millrace.graph;

import java.util.List;

/** A few op types to build graphs of, defined as the real ones are. */
public final class TestOps {
  private TestOps() {}

  /** A new graph of these op types. */
  public static Graph graph() {
    return new Graph(registry());
  }

  /** A registry of these op types. */
  public static OpRegistry registry() {
    OpRegistry r = new OpRegistry();
    r.add(
        OpDef.named("Const")
            .outputs("output: dtype")
            .attrs("value: tensor", "dtype: type")
            .shape(c -> c.output(0, c.attrs().getTensor("value").shape()))
            .value((c, i, s) -> KnownInts.of(c.attrs().getTensor("value"))));
    r.add(
        OpDef.named("Placeholder")
            .outputs("output: dtype")
            .attrs("dtype: type", "shape: shape = { unknown_rank: true }")
            .shape(c -> c.output(0, c.attrs().getShape("shape"))));
    for (String type : List.of("Identity", "NextIteration", "Exit")) {
      r.add(unary(type, "data", "T"));
    }
    r.add(unary("RefIdentity", "data", "Ref(T)"));
    r.add(
        OpDef.named("RefNextIteration")
            .inputs("data: Ref(T)")
            .outputs("output: Ref(T)")
            .attrs("T: type")
            .shape(c -> c.output(0, c.input(0))));
    r.add(
        OpDef.named("Enter")
            .inputs("data: T")
            .outputs("output: T")
            .attrs("T: type", "frame_name: string", "is_constant: bool = false")
            .shape(c -> c.output(0, c.input(0))));
    r.add(OpDef.named("LoopCond").inputs("input: bool").outputs("output: bool").shape(c -> {}));
    r.add(
        OpDef.named("Switch")
            .inputs("data: T", "pred: bool")
            .outputs("output_false: T", "output_true: T")
            .attrs("T: type")
            .shape(
                c -> {
                  c.output(0, c.input(0));
                  c.output(1, c.input(0));
                }));
    r.add(
        OpDef.named("Merge")
            .inputs("inputs: N * T")
            .outputs("output: T", "value_index: int32")
            .attrs("T: type", "N: int >= 1")
            .shape(
                c -> {
                  Shape s = c.input(0);
                  for (int i = 1; i < c.inputCount(); i++) {
                    s = s.relax(c.input(i));
                  }
                  c.output(0, s);
                  c.output(1, Shape.scalar());
                }));
    r.add(
        OpDef.named("RefMerge")
            .inputs("inputs: N * Ref(T)")
            .outputs("output: Ref(T)", "value_index: int32")
            .attrs("T: type", "N: int >= 1")
            .shape(c -> c.output(1, Shape.scalar())));
    r.add(
        OpDef.named("Add")
            .inputs("x: T", "y: T")
            .outputs("z: T")
            .attrs("T: {float, double, int32, int64, string}")
            .shape(c -> c.output(0, c.input(0).broadcast(c.input(1)))));
    r.add(
        OpDef.named("Less")
            .inputs("x: T", "y: T")
            .outputs("z: bool")
            .attrs("T: realnumbertype")
            .shape(c -> c.output(0, c.input(0).broadcast(c.input(1)))));
    r.add(
        OpDef.named("MatMul")
            .inputs("a: T", "b: T")
            .outputs("product: T")
            .attrs(
                "transpose_a: bool = false",
                "transpose_b: bool = false",
                "T: {float, double, int32}")
            .shape(TestOps::matMul));
    r.add(
        OpDef.named("Shape")
            .inputs("input: T")
            .outputs("output: out_type")
            .attrs("T: type", "out_type: {int32, int64} = DT_INT32")
            .shape(c -> c.output(0, Shape.vector(c.input(0).rank())))
            .value((c, i, s) -> KnownInts.ofShape(c.input(0))));
    r.add(
        OpDef.named("Reshape")
            .inputs("tensor: T", "shape: Tshape")
            .outputs("output: T")
            .attrs("T: type", "Tshape: {int32, int64} = DT_INT32")
            .valueInputs(1)
            .shape(c -> c.output(0, c.shapeFromInput(1))));
    r.add(
        OpDef.named("Pack")
            .inputs("values: N * T")
            .outputs("output: T")
            .attrs("N: int >= 1", "T: type", "axis: int = 0")
            .shape(
                c -> {
                  Shape s = c.input(0);
                  for (int i = 1; i < c.inputCount(); i++) {
                    s = s.merge(c.input(i));
                  }
                  c.output(0, s.hasRank() ? Shape.vector(c.inputCount()).concat(s) : s);
                }));
    r.add(
        OpDef.named("Split")
            .inputs("value: T")
            .outputs("output: num_split * T")
            .attrs("num_split: int >= 1", "T: type")
            .shape(c -> {}));
    r.add(
        OpDef.named("IdentityN")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("T: list(type) >= 1")
            .shape(
                c -> {
                  for (int i = 0; i < c.inputCount(); i++) {
                    c.output(i, c.input(i));
                  }
                }));
    r.add(OpDef.named("NoOp").stateful().shape(c -> {}));
    r.add(
        OpDef.named("VariableV2")
            .outputs("ref: Ref(dtype)")
            .attrs("shape: shape", "dtype: type", "container: string = ''")
            .stateful()
            .shape(c -> c.output(0, c.attrs().getShape("shape"))));
    r.add(
        OpDef.named("Assign")
            .inputs("ref: Ref(T)", "value: T")
            .outputs("output_ref: Ref(T)")
            .attrs("T: type", "validate_shape: bool = true")
            .stateful()
            .shape(c -> c.output(0, c.input(1))));
    r.add(
        OpDef.named("Pool")
            .inputs("input: T")
            .outputs("output: T")
            .attrs(
                "T: realnumbertype = DT_FLOAT",
                "ksize: list(int) >= 4",
                "padding: {'SAME', 'VALID'}")
            .shape(c -> {}));
    r.add(
        OpDef.named("Attributes")
            .attrs(
                "s: string = 'text'",
                "i: int = -3",
                "f: float = 1.5",
                "b: bool = true",
                "type: type = DT_FLOAT",
                "shape: shape = {}",
                "ls: list(string) = []",
                "li: list(int) = [1, 2]",
                "lf: list(float) = []",
                "lb: list(bool) = []",
                "lt: list(type) = []",
                "lshape: list(shape) = []",
                "tensor: tensor",
                "ltensor: list(tensor) = []",
                "func: func",
                "lfunc: list(func) = []")
            .shape(c -> {}));
    r.add(
        OpDef.named("Broken")
            .inputs("x: T")
            .outputs("y: T")
            .attrs("T: type")
            .shape(c -> c.output(7, Shape.scalar())));
    return r;
  }

  private static OpDef.Builder unary(String type, String input, String kind) {
    return OpDef.named(type)
        .inputs(input + ": " + kind)
        .outputs("output: " + kind)
        .attrs("T: type")
        .shape(c -> c.output(0, c.input(0)));
  }

  private static void matMul(ShapeContext c) {
    Shape a = c.inputOfRank(0, 2);
    Shape b = c.inputOfRank(1, 2);
    boolean ta = c.attrs().getBool("transpose_a");
    boolean tb = c.attrs().getBool("transpose_b");
    long inner = a.dim(ta ? 0 : 1);
    long other = b.dim(tb ? 1 : 0);
    if (inner != Shape.UNKNOWN && other != Shape.UNKNOWN && inner != other) {
      throw new InvalidArgumentException("the inner dimensions differ: " + a + " times " + b);
    }
    c.output(0, Shape.matrix(a.dim(ta ? 1 : 0), b.dim(tb ? 0 : 1)));
  }

  static Output placeholder(Graph g, String name, DataType type, Shape shape) {
    return g.opBuilder("Placeholder", name)
        .attr("dtype", type)
        .attr("shape", shape)
        .build()
        .output(0);
  }

  static Output placeholder(Graph g, String name) {
    return placeholder(g, name, DataType.FLOAT32, Shape.unknown());
  }

  static Output constant(Graph g, String name, Object value) {
    TensorValue v = TensorValue.of(value);
    return g.opBuilder("Const", name).attr("value", v).attr("dtype", v.dtype()).build().output(0);
  }

  static Output add(Graph g, String name, Output x, Output y) {
    return g.opBuilder("Add", name).input(x).input(y).build().output(0);
  }

  static Output identity(Graph g, String name, Output x) {
    return g.opBuilder("Identity", name).input(x).build().output(0);
  }

  static Operation noOp(Graph g, String name) {
    return g.opBuilder("NoOp", name).build();
  }
}
