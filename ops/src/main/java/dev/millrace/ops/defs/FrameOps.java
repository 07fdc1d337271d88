package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * Control flow as TensorFlow 1 writes it: values that are dead on one side of a {@code Switch}, and
 * loops of frames and iterations.
 */
final class FrameOps {
  private FrameOps() {}

  static void register(OpRegistry r) {
    for (boolean ref : new boolean[] {false, true}) {
      String p = ref ? "Ref" : "";
      String t = ref ? "Ref(T)" : "T";
      r.add(
          OpDef.named(p + "Switch")
              .inputs("data: " + t, "pred: bool")
              .outputs("output_false: " + t, "output_true: " + t)
              .attrs("T: type")
              .shape(FrameOps::switchShape));
      r.add(
          OpDef.named(p + "Merge")
              .inputs("inputs: N * " + t)
              .outputs("output: " + t, "value_index: int32")
              .attrs("T: type", "N: int >= 1")
              .shape(FrameOps::mergeShape));
      r.add(
          OpDef.named(p + "Enter")
              .inputs("data: " + t)
              .outputs("output: " + t)
              .attrs(
                  "T: type",
                  "frame_name: string",
                  "is_constant: bool = false",
                  "parallel_iterations: int = 10")
              .shape(Shapes::passedOn));
      for (String type : new String[] {"Exit", "NextIteration"}) {
        r.add(
            OpDef.named(p + type)
                .inputs("data: " + t)
                .outputs("output: " + t)
                .attrs("T: type")
                .shape(Shapes::passedOn));
      }
    }
    r.add(
        OpDef.named("LoopCond")
            .inputs("input: bool")
            .outputs("output: bool")
            .shape(FrameOps::loopCondShape));
    r.add(OpDef.named("ControlTrigger").shape(Shapes::none));
    r.add(
        OpDef.named("Abort")
            .attrs("error_msg: string = ''", "exit_without_error: bool = false")
            .stateful()
            .shape(Shapes::none));
  }

  private static void switchShape(ShapeContext c) {
    Shapes.requireScalar(c, 1, "the predicate");
    for (int i = 0; i < 2; i++) {
      c.output(i, c.input(0));
      if (c.handle(0) != null) {
        c.outputHandle(i, c.handle(0));
      }
    }
  }

  /** What the inputs have in common; the back edge of a loop is unknown. */
  private static void mergeShape(ShapeContext c) {
    Shape s = c.input(0);
    boolean handle = c.handle(0) != null;
    for (int i = 1; i < c.inputCount(); i++) {
      s = s.relax(c.input(i));
      handle &= c.handle(0) != null && c.handle(0).equals(c.handle(i));
    }
    c.output(0, s);
    if (handle) {
      c.outputHandle(0, c.handle(0));
    }
    c.output(1, Shape.scalar());
  }

  private static void loopCondShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "the condition");
    c.output(0, Shape.scalar());
  }
}
