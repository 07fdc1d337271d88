package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Recorded cases of tensor lists, branches and loops; {@link RecordedCases} says what such are. */
final class RecordedListCases {
  private static final TensorValue ROWS =
      TensorValue.of(new float[][] {{1, 2}, {3, 4}, {5, 6}, {-7, 8}});

  private final Map<String, GraphDef> cases = new TreeMap<>();
  private CaseGraph graph;
  private DataType dtype;

  private RecordedListCases() {
    scatters();
    parts();
    batches();
    values();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    Map<String, GraphDef> all = new RecordedListCases().cases;
    ControlFlowGraphs.all()
        .forEach((name, c) -> all.put("Function__" + name, c.tf().graph().toGraphDef()));
    return all;
  }

  private void begin(TensorValue... values) {
    graph = new CaseGraph(values);
    dtype = values[0].dtype();
  }

  private void end(String name, Output... outputs) {
    cases.put(name, graph.outputs(List.of(outputs)));
  }

  private OpBuilder op(String type, Output... inputs) {
    OpBuilder b = graph.graph().opBuilder(type, null);
    for (Output in : inputs) {
      b.input(in);
    }
    return b;
  }

  private OpBuilder element(OpBuilder b) {
    return b.attr("element_dtype", dtype);
  }

  private static Output one(OpBuilder b) {
    return b.build().output(0);
  }

  private Output ints(int... x) {
    return graph.constant("ints_" + graph.graph().size(), TensorValue.of(x));
  }

  private Output number(int x) {
    return graph.constant("number_" + graph.graph().size(), TensorValue.of(x));
  }

  private Output longs(long... x) {
    return graph.constant("longs_" + graph.graph().size(), TensorValue.of(x));
  }

  private Output stack(Output list, int... element) {
    return one(element(op("TensorListStack", list, ints(element))));
  }

  private void scatters() {
    begin(ROWS, TensorValue.of(new int[] {4, 0, 2, 1}));
    Output wide =
        one(op("TensorListScatterV2", graph.input(0), graph.input(1), ints(2), number(6)));
    Output fitting =
        one(op("TensorListScatterV2", graph.input(0), graph.input(1), ints(-1), number(-1)));
    end(
        "TensorListScatterV2__gaps",
        stack(wide, 2),
        stack(fitting, 2),
        one(op("TensorListLength", fitting)));

    // Without gaps: what TensorFlow gives for elements that it adds and nobody sets is not defined.
    begin(ROWS, TensorValue.of(new int[] {3, 0, 2, 1}));
    Output made = one(element(op("TensorListReserve", ints(2), number(2))));
    Output into =
        one(op("TensorListScatterIntoExistingList", made, graph.input(0), graph.input(1)));
    end(
        "TensorListScatterIntoExistingList__grows",
        stack(into, 2),
        one(op("TensorListLength", made)));
  }

  private void parts() {
    begin(ROWS);
    Output list = one(op("TensorListSplit", graph.input(0), ints(-1, 2), longs(1, 0, 3)));
    Output second = one(element(op("TensorListGetItem", list, number(1), ints(-1, 2))));
    Output third = one(element(op("TensorListGetItem", list, number(2), number(-1))));
    var joined = element(op("TensorListConcatV2", list, ints(-1, 2), longs())).build();
    end("TensorListSplit__unequal", second, third, joined.output(0), joined.output(1));

    begin(ROWS);
    Output gaps = one(element(op("TensorListReserve", ints(-1, 2), number(3))));
    Output one = one(op("TensorListSetItem", gaps, number(1), graph.input(0)));
    var filled = element(op("TensorListConcatV2", one, ints(-1, 2), longs(2, 4, 1))).build();
    end("TensorListConcatV2__gaps", filled.output(0), filled.output(1));
  }

  private void batches() {
    begin(ROWS, TensorValue.of(new float[][] {{0, 1}}));
    Output a = one(op("TensorListFromTensor", graph.input(0), ints(2)));
    Output b = one(op("TensorListFromTensor", graph.input(1), ints(2)));
    Output both = one(element(op("TensorListConcatLists", a, b)));
    Output twice = one(element(op("TensorListConcatLists", both, b)));
    end(
        "TensorListConcatLists__two",
        stack(both, 2),
        one(op("TensorListLength", twice)),
        one(op("TensorListLength", a)));

    begin(ROWS, TensorValue.of(new float[][] {{0, 1}, {10, 20}}));
    Output first = one(op("TensorListFromTensor", graph.input(0), ints(2)));
    Output empty = one(element(op("EmptyTensorList", ints(2), number(-1))));
    Output lists =
        one(graph.graph().opBuilder("Pack", null).inputList(List.of(first, empty)).attr("axis", 0));
    Output pushed = one(op("TensorListPushBackBatch", lists, graph.input(1)));
    List<Output> each =
        new ArrayList<>(op("Unpack", pushed).attr("num", 2).attr("axis", 0).build().outputs());
    end(
        "TensorListPushBackBatch__two_lists",
        stack(each.get(0), 2),
        stack(each.get(1), 2),
        one(op("TensorListLength", empty)));
  }

  /** An op never changes the list it is given, whoever else has it. */
  private void values() {
    begin(ROWS);
    Output list = one(op("TensorListFromTensor", graph.input(0), ints(2)));
    Output item = one(element(op("TensorListGetItem", list, number(0), ints(2))));
    Output set = one(op("TensorListSetItem", list, number(2), item));
    Output pushed = one(op("TensorListPushBack", list, item));
    var popped = element(op("TensorListPopBack", list, ints(2))).build();
    Output resized = one(op("TensorListResize", list, number(1)));
    end(
        "TensorListSetItem__shared",
        stack(list, 2),
        stack(set, 2),
        stack(pushed, 2),
        stack(popped.output(0), 2),
        popped.output(1),
        stack(resized, 2),
        one(element(op("TensorListGather", set, ints(2, 0, 2), ints(2)))),
        one(op("TensorListElementShape", list).attr("shape_type", DataType.INT64)));

    begin(TensorValue.zeros(DataType.FLOAT64, Shape.of(0, 3)));
    Output none = one(op("TensorListFromTensor", graph.input(0), ints(3)));
    end(
        "TensorListFromTensor__empty",
        stack(none, 3),
        one(op("TensorListLength", none)),
        one(element(op("TensorListGather", none, ints(), ints(3)))));

    begin(TensorValue.of(new boolean[] {true, false, true}));
    Output bools = one(op("TensorListFromTensor", graph.input(0), ints()));
    end(
        "TensorListStack__bool",
        stack(one(op("TensorListResize", bools, number(5)))),
        one(element(op("TensorListGetItem", bools, number(2), ints()))));
  }
}
