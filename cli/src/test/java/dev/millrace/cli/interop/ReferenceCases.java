package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.Map;
import java.util.TreeMap;

/** Recorded cases of what variables by reference have beside updates. */
final class ReferenceCases {
  private static final TensorValue TABLE =
      TensorValue.of(new float[][] {{1, -2}, {3, 4.5f}, {-0.5f, 6}, {7, 8}});

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private ReferenceCases() {
    parts();
    passedOn();
    temporary();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new ReferenceCases().cases;
  }

  private void parts() {
    VariableCase c = new VariableCase(true, TensorValue.of(new float[][] {{10}, {20}}));
    Output table = c.variable("table", TABLE);
    cases.put(
        "StridedSliceAssign__recorded_column",
        c.steps(
            c.op("StridedSliceAssign", "op")
                .input(table)
                .input(c.graph().constant("begin", TensorValue.ofInts(-1, 1)))
                .input(c.graph().constant("end", TensorValue.ofInts(0, 0)))
                .input(c.graph().constant("strides", TensorValue.ofInts(-2, 1)))
                .input(c.graph().input(0))
                .attr("end_mask", 3)
                .build(),
            1));
    VariableCase counter = new VariableCase(true);
    Output count = counter.variable("count", TensorValue.of(5L));
    cases.put(
        "CountUpTo__recorded_i64",
        counter.steps(counter.op("CountUpTo", "op").input(count).attr("limit", 9).build(), 4));
  }

  /** A change of what an identity of the reference gives on; and another of what that gives on. */
  private void passedOn() {
    VariableCase c = new VariableCase(true, TABLE);
    Output table = c.variable("table", TABLE);
    Output same = c.op("RefIdentity", "same").input(table).build().output(0);
    Output sum = c.op("AssignAdd", "add").input(same).input(c.graph().input(0)).build().output(0);
    Operation difference =
        c.op("AssignSub", "sub")
            .input(sum)
            .input(
                c.graph()
                    .constant(
                        "half", TensorValue.of(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}})))
            .build();
    cases.put("RefIdentity__recorded_chain", c.steps(difference, 2));
  }

  /** Adds up in a variable that is there for the run only. */
  private void temporary() {
    CaseGraph c = new CaseGraph(TABLE);
    Output v =
        c.graph()
            .opBuilder("TemporaryVariable", "sum")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(4, 2))
            .build()
            .output(0);
    Output zeroed =
        c.graph()
            .opBuilder("Assign", "zero")
            .input(v)
            .input(c.constant("zeros", TensorValue.zeros(DataType.FLOAT32, Shape.of(4, 2))))
            .build()
            .output(0);
    Output once =
        c.graph().opBuilder("AssignAdd", "once").input(zeroed).input(c.input(0)).build().output(0);
    Output twice =
        c.graph().opBuilder("AssignAdd", "twice").input(once).input(c.input(0)).build().output(0);
    cases.put(
        "TemporaryVariable__recorded_sum",
        c.outputs(
            c.graph()
                .opBuilder("DestroyTemporaryVariable", "op")
                .input(twice)
                .attr("var_name", "sum")
                .build()));
  }
}
