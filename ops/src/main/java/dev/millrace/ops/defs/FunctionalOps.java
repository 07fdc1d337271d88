package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.List;

/** Ops that call functions: branches, loops, calls. */
final class FunctionalOps {
  private FunctionalOps() {}

  static void register(OpRegistry r) {
    for (String op : new String[] {"If", "StatelessIf"}) {
      r.add(
          stateful(op)
              .inputs("cond: Tcond", "input: Tin")
              .outputs("output: Tout")
              .attrs(
                  "Tcond: type",
                  "Tin: list(type) >= 0",
                  "Tout: list(type) >= 0",
                  "then_branch: func",
                  "else_branch: func",
                  "output_shapes: list(shape) = []")
              .stateShape()
              .shape(FunctionalOps::declared));
    }
    r.add(
        OpDef.named("Case")
            .inputs("branch_index: int32", "input: Tin")
            .outputs("output: Tout")
            .attrs(
                "Tin: list(type) >= 0",
                "Tout: list(type) >= 0",
                "branches: list(func) >= 1",
                "output_shapes: list(shape) = []")
            .stateful()
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the number of the branch");
                  declared(c);
                }));
    for (String op : new String[] {"While", "StatelessWhile"}) {
      r.add(
          stateful(op)
              .inputs("input: T")
              .outputs("output: T")
              .attrs(
                  "T: list(type) >= 0",
                  "cond: func",
                  "body: func",
                  "output_shapes: list(shape) = []",
                  "parallel_iterations: int = 10")
              .stateShape()
              .shape(FunctionalOps::loopShape));
    }
    for (String op : new String[] {"PartitionedCall", "StatefulPartitionedCall"}) {
      r.add(
          stateful(op)
              .inputs("args: Tin")
              .outputs("output: Tout")
              .attrs(
                  "Tin: list(type) >= 0",
                  "Tout: list(type) >= 0",
                  "f: func",
                  "config: string = ''",
                  "config_proto: string = ''",
                  "executor_type: string = ''")
              .stateShape()
              .shape(Shapes::none));
    }
  }

  private static OpDef.Builder stateful(String op) {
    OpDef.Builder b = OpDef.named(op);
    return op.startsWith("Stateless") || op.equals("PartitionedCall") ? b : b.stateful();
  }

  /**
   * The outputs have the shapes of attribute {@code output_shapes}; none are told by an empty one.
   */
  private static void declared(ShapeContext c) {
    List<Shape> shapes = c.attrs().getShapes("output_shapes");
    if (!shapes.isEmpty() && shapes.size() != c.outputCount()) {
      throw new InvalidArgumentException(
          "attribute 'output_shapes' has "
              + shapes.size()
              + " shapes for "
              + c.outputCount()
              + " outputs");
    }
    for (int i = 0; i < shapes.size(); i++) {
      c.output(i, shapes.get(i));
    }
  }

  /** Where no shapes are declared, a loop's variables keep theirs. */
  private static void loopShape(ShapeContext c) {
    if (c.attrs().getShapes("output_shapes").isEmpty()) {
      for (int i = 0; i < c.outputCount(); i++) {
        c.output(i, c.input(i));
      }
    } else {
      declared(c);
    }
    for (int i = 0; i < c.outputCount(); i++) {
      HandleData h = c.handle(i);
      if (h != null && c.inputType(i) == DataType.RESOURCE) {
        c.outputHandle(i, h);
      }
    }
  }
}
