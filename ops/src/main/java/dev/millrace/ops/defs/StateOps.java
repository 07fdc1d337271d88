package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Resource variables: making, reading and assigning them. */
final class StateOps {
  private StateOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("VarHandleOp")
            .outputs("resource: resource")
            .attrs(
                "container: string = ''", "shared_name: string = ''", "dtype: type", "shape: shape")
            .stateful()
            .shape(StateOps::varHandleShape));
    r.add(
        OpDef.named("ReadVariableOp")
            .inputs("resource: resource")
            .outputs("value: dtype")
            .attrs("dtype: type")
            .stateful()
            .stateShape()
            .shape(c -> c.output(0, variableShape(c, 0, c.attrs().getType("dtype")))));
    for (String op :
        new String[] {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"}) {
      r.add(
          OpDef.named(op)
              .inputs("resource: resource", "value: dtype")
              .attrs("dtype: type")
              .stateful()
              .shape(StateOps::assignShape));
    }
    r.add(
        OpDef.named("VarIsInitializedOp")
            .inputs("resource: resource")
            .outputs("is_initialized: bool")
            .stateful()
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("VariableShape")
            .inputs("input: resource")
            .outputs("output: out_type")
            .attrs("out_type: {int32, int64} = int32")
            .stateful()
            .stateShape()
            .shape(c -> c.output(0, Shape.vector(variableShape(c, 0, null).rank())))
            .value((c, output, shape) -> KnownInts.ofShape(variableShape(c, 0, null))));
    r.add(
        OpDef.named("DestroyResourceOp")
            .inputs("resource: resource")
            .attrs("ignore_lookup_error: bool = true")
            .stateful()
            .shape(Shapes::none));
    r.add(
        OpDef.named("ResourceGather")
            .inputs("resource: resource", "indices: Tindices")
            .outputs("output: dtype")
            .attrs(
                "batch_dims: int = 0",
                "validate_indices: bool = true",
                "dtype: type",
                "Tindices: {int32, int64}")
            .stateful()
            .stateShape()
            .shape(StateOps::resourceGatherShape));
    r.add(
        OpDef.named("ResourceGatherNd")
            .inputs("resource: resource", "indices: Tindices")
            .outputs("output: dtype")
            .attrs("dtype: type", "Tindices: {int32, int64}")
            .stateful()
            .stateShape()
            .shape(
                c ->
                    c.output(
                        0,
                        GatherOps.gatheredNd(
                            variableShape(c, 0, c.attrs().getType("dtype")),
                            c.inputOfRankAtLeast(1, 1)))));
    r.add(
        OpDef.named("ResourceCountUpTo")
            .inputs("resource: resource")
            .outputs("output: T")
            .attrs("limit: int", "T: {int32, int64}")
            .stateful()
            .shape(StateOps::countShape));
  }

  private static void varHandleShape(ShapeContext c) {
    c.output(0, Shape.scalar());
    c.outputHandle(0, new HandleData(c.attrs().getType("dtype"), c.attrs().getShape("shape")));
  }

  /**
   * The shape of the variable behind input {@code i}, as far as it is known.
   *
   * @param dtype what the variable must hold; null for anything
   */
  static Shape variableShape(ShapeContext c, int i, DataType dtype) {
    Shapes.requireScalar(c, i, "the handle of a variable");
    HandleData h = c.handle(i);
    if (h == null) {
      return Shape.unknown();
    }
    if (dtype != null && h.dtype() != dtype) {
      throw new InvalidArgumentException(
          "the variable is " + h.dtype() + ", but is used as " + dtype);
    }
    return h.shape();
  }

  private static void assignShape(ShapeContext c) {
    Shape variable = variableShape(c, 0, c.attrs().getType("dtype"));
    if (!variable.isCompatibleWith(c.input(1))) {
      throw new InvalidArgumentException(
          "the variable is of shape "
              + variable
              + ", which a value of shape "
              + c.input(1)
              + " does not fit");
    }
  }

  private static void countShape(ShapeContext c) {
    Shape s = variableShape(c, 0, c.attrs().getType("T"));
    if (s.hasRank() && s.rank() != 0) {
      throw new InvalidArgumentException("a counter must be a scalar, but its shape is " + s);
    }
    c.output(0, Shape.scalar());
  }

  private static void resourceGatherShape(ShapeContext c) {
    Shape params = variableShape(c, 0, c.attrs().getType("dtype"));
    long batch = c.attrs().getInt("batch_dims");
    Shape indices = c.input(1);
    long axis = batch < 0 && indices.hasRank() ? batch + indices.rank() : batch;
    c.output(0, GatherOps.gathered(params, indices, axis, batch));
  }
}
