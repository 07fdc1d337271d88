package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * TensorFlow's first kind of variables: a node is the variable, and its output a reference to the
 * storage. What changes a variable gives the reference on.
 */
final class ReferenceOps {
  private ReferenceOps() {}

  static void register(OpRegistry r) {
    variables(r);
    assignments(r);
    scatters(r);
    r.add(
        OpDef.named("RefIdentity")
            .inputs("input: Ref(T)")
            .outputs("output: Ref(T)")
            .attrs("T: type")
            .shape(Shapes::unchanged));
  }

  private static void variables(OpRegistry r) {
    for (String op : new String[] {"VariableV2", "Variable"}) {
      r.add(
          OpDef.named(op)
              .outputs("ref: Ref(dtype)")
              .attrs(
                  "shape: shape",
                  "dtype: type",
                  "container: string = ''",
                  "shared_name: string = ''")
              .stateful()
              .shape(ReferenceOps::variableShape));
    }
    r.add(
        OpDef.named("TemporaryVariable")
            .outputs("ref: Ref(dtype)")
            .attrs("shape: shape", "dtype: type", "var_name: string = ''")
            .stateful()
            .shape(c -> c.output(0, c.attrs().getShape("shape"))));
    r.add(
        OpDef.named("DestroyTemporaryVariable")
            .inputs("ref: Ref(T)")
            .outputs("value: T")
            .attrs("T: type", "var_name: string")
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("IsVariableInitialized")
            .inputs("ref: Ref(dtype)")
            .outputs("is_initialized: bool")
            .attrs("dtype: type")
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("CountUpTo")
            .inputs("ref: Ref(T)")
            .outputs("output: T")
            .attrs("limit: int", "T: {int32, int64}")
            .shape(ReferenceOps::counterShape));
  }

  /** In graphs as old as {@code Variable}, a scalar may be a variable of any shape. */
  private static void variableShape(ShapeContext c) {
    Shape s = c.attrs().getShape("shape");
    c.output(0, c.opType().equals("Variable") && s.rank() == 0 ? Shape.unknown() : s);
  }

  private static void counterShape(ShapeContext c) {
    c.inputOfRank(0, 0);
    c.output(0, Shape.scalar());
  }

  private static void assignments(OpRegistry r) {
    r.add(
        OpDef.named("Assign")
            .inputs("ref: Ref(T)", "value: T")
            .outputs("output_ref: Ref(T)")
            .attrs("T: type", "validate_shape: bool = true", "use_locking: bool = true")
            .shape(
                c ->
                    c.output(
                        0,
                        c.attrs().getBool("validate_shape")
                            ? Shapes.merged(c, 0, 2)
                            : c.input(1))));
    for (String op : new String[] {"AssignAdd", "AssignSub"}) {
      r.add(
          OpDef.named(op)
              .inputs("ref: Ref(T)", "value: T")
              .outputs("output_ref: Ref(T)")
              .attrs("T: numbertype", "use_locking: bool = false")
              .shape(Shapes::allAlike));
    }
    r.add(
        OpDef.named("StridedSliceAssign")
            .inputs("ref: Ref(T)", "begin: Index", "end: Index", "strides: Index", "value: T")
            .outputs("output_ref: Ref(T)")
            .attrs("T: type", "Index: {int32, int64}")
            .attrs(SliceOps.MASKS)
            .shape(
                c -> {
                  SliceOps.requireLimits(c);
                  c.output(0, c.input(0));
                }));
  }

  private static void scatters(OpRegistry r) {
    for (String op : new String[] {"Update", "Add", "Sub", "Mul", "Div", "Min", "Max"}) {
      boolean update = op.equals("Update");
      boolean extreme = op.equals("Min") || op.equals("Max");
      r.add(
          OpDef.named("Scatter" + op)
              .inputs("ref: Ref(T)", "indices: Tindices", "updates: T")
              .outputs("output_ref: Ref(T)")
              .attrs(
                  update
                      ? "T: type"
                      : extreme
                          ? "T: {half, bfloat16, float, double, int32, int64}"
                          : "T: numbertype",
                  "Tindices: {int32, int64}",
                  "use_locking: bool = " + update)
              .shape(
                  c -> {
                    ScatterOps.checkRows(c.input(0), c.input(1), c.input(2));
                    c.output(0, c.input(0));
                  }));
    }
    for (String op : new String[] {"Update", "Add", "Sub"}) {
      boolean update = op.equals("Update");
      r.add(
          OpDef.named("ScatterNd" + op)
              .inputs("ref: Ref(T)", "indices: Tindices", "updates: T")
              .outputs("output_ref: Ref(T)")
              .attrs(
                  update ? "T: type" : "T: numbertype",
                  "Tindices: {int32, int64}",
                  "use_locking: bool = " + update)
              .shape(ScatterOps::changedCopy));
    }
  }
}
