package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Builds the functions of branches, of which one will run, and the operation that chooses. */
final class Branches {
  private final Ops ops;
  private final String name;
  private final List<String> labels = new ArrayList<>();
  private final List<Object> structures = new ArrayList<>();
  private final List<FunctionBody> bodies = new ArrayList<>();

  /**
   * Begins in the current name scope.
   *
   * @param name the operation's full name
   */
  Branches(Ops ops, String name) {
    this.ops = ops;
    this.name = name;
  }

  /**
   * Adds a branch.
   *
   * @param label names it in errors, as "the 'then' branch"
   * @param suffix ends its function's name
   */
  void add(String label, String suffix, Supplier<?> make) {
    Object[] structure = new Object[1];
    String what = label + " of '" + name + "'";
    FunctionBody body =
        FunctionBody.build(
            ops.graph(),
            name + "_" + suffix,
            List.of(),
            none -> {
              structure[0] = make.get();
              List<Output> tensors = Results.tensors(ops, structure[0], what);
              for (Object leaf : Nest.flatten(structure[0])) {
                if (leaf instanceof Operation op) {
                  // What has effects runs with the branch; one of the graph around, before it.
                  ops.controlDependencies(op).close();
                }
              }
              return tensors;
            });
    labels.add(what);
    structures.add(structure[0]);
    bodies.add(body);
    if (bodies.size() > 1) {
      checkStructure(bodies.size() - 1);
    }
  }

  private void checkStructure(int k) {
    Object first = structures.get(0);
    Object other = structures.get(k);
    if (!Nest.isSame(first, other) || !sameKinds(first, other)) {
      throw GraphApi.error(
          "the branches must give results of one structure, but "
              + labels.get(0)
              + " gives "
              + Nest.describe(first)
              + ", "
              + labels.get(k)
              + " "
              + Nest.describe(other));
    }
    List<Output> want = bodies.get(0).results();
    List<Output> got = bodies.get(k).results();
    for (int i = 0; i < want.size(); i++) {
      if (want.get(i).dtype() != got.get(i).dtype()) {
        throw GraphApi.error(
            "the branches must give results of the same dtypes, but result "
                + i
                + " of "
                + labels.get(0)
                + " is "
                + Results.describe(want.get(i))
                + "\n  and of "
                + labels.get(k)
                + " "
                + Results.describe(got.get(i))
                + "\n  cast one of them");
      }
    }
  }

  private static boolean sameKinds(Object a, Object b) {
    List<Object> x = Nest.flatten(a);
    List<Object> y = Nest.flatten(b);
    for (int i = 0; i < x.size(); i++) {
      if (x.get(i) instanceof Operation != y.get(i) instanceof Operation) {
        return false;
      }
    }
    return true;
  }

  boolean areStateful() {
    return bodies.stream().anyMatch(FunctionBody::isStateful);
  }

  /** The attribute that names branch {@code k}. */
  AttrValue function(int k) {
    return bodies.get(k).toAttr();
  }

  /** The attribute that names all branches. */
  AttrValue functions() {
    return new AttrValue.ListAttr(bodies.stream().<AttrValue>map(FunctionBody::toAttr).toList());
  }

  /**
   * Finishes {@code node}, whose first input and functions are given, and gives its results in the
   * branches' structure.
   */
  Object choose(OpBuilder node) {
    List<Output> captured = Results.captured(bodies);
    bodies.forEach(b -> b.orderCaptures(captured));
    List<Output> first = bodies.get(0).results();
    List<Shape> shapes = new ArrayList<>();
    List<HandleData> handles = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Shape s = first.get(i).shape();
      HandleData h = first.get(i).handleData();
      for (FunctionBody b : bodies) {
        s = s.relax(b.results().get(i).shape());
        h = Results.common(h, b.results().get(i).handleData());
      }
      shapes.add(s);
      handles.add(h);
    }
    node.inputList(captured)
        .attr("Tout", AttrValue.ofTypes(first.stream().map(Output::dtype).toList()))
        .attr("output_shapes", AttrValue.ofShapes(shapes));
    bodies.forEach(b -> node.controlInputs(b.controlCaptures()));
    Operation op = node.build();
    for (int i = 0; i < handles.size(); i++) {
      if (handles.get(i) != null) {
        op.output(i).setHandleData(handles.get(i));
      }
    }
    return Results.pack(ops, structures.get(0), op.outputs(), op);
  }
}
