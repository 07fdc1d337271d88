package dev.millrace.session;

import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.TensorSlice;
import dev.millrace.ops.VariableSlice;
import dev.millrace.proto.SaverDef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a graph's own saver nodes save and restore, where that is no more than variables under
 * constant names. It can then go between files and the session's memory directly, in pieces,
 * instead of being held by the nodes as a whole.
 */
final class SaverPattern {
  private static final Set<String> READS = Set.of("Identity", "ReadVariableOp");

  private final Graph graph;
  private final SaverDef def;
  private final Output filename;

  SaverPattern(Graph graph, SaverDef def) {
    this.graph = graph;
    this.def = def;
    this.filename = graph.output(def.getFilenameTensorName());
  }

  /** What is restored; null if the nodes do other things as well. */
  List<SavedTensor> restored() {
    List<SavedTensor> all = new ArrayList<>();
    Set<Operation> seen = new HashSet<>();
    Deque<Operation> open = new ArrayDeque<>(List.of(graph.operation(def.getRestoreOpName())));
    while (!open.isEmpty()) {
      Operation op = open.pop();
      if (!seen.add(op)) {
        continue;
      }
      if (op.type().equals("NoOp")) {
        open.addAll(op.controlInputs());
        continue;
      }
      SavedTensor t = assigned(op);
      if (t == null) {
        return null;
      }
      all.add(t);
    }
    return all.isEmpty() ? null : all;
  }

  /** The variable that an assignment gives a tensor of the checkpoint; null for anything else. */
  private SavedTensor assigned(Operation assign) {
    boolean known = assign.type().equals("Assign") || assign.type().equals("AssignVariableOp");
    if (!known || !assign.controlInputs().isEmpty()) {
      return null;
    }
    Output value = assign.input(1);
    if (value.op().type().equals("Identity") && value.op().controlInputs().isEmpty()) {
      value = value.op().input(0);
    }
    Operation restore = value.op();
    boolean whole =
        restore.type().equals("RestoreV2")
            && restore.controlInputs().isEmpty()
            && restore.input(0).equals(filename);
    return whole ? tensor(restore, value.index(), restore.numOutputs(), assign.input(0)) : null;
  }

  /** What is saved into one file; null if the nodes do other things as well. */
  List<SavedTensor> saved() {
    Operation last = graph.output(def.getSaveTensorName()).op();
    if (!last.type().equals("Identity")
        || !last.input(0).equals(filename)
        || last.controlInputs().size() != 1) {
      return null;
    }
    Operation save = last.controlInputs().get(0);
    if (!save.type().equals("SaveV2")
        || !save.controlInputs().isEmpty()
        || !save.input(0).equals(filename)) {
      return null;
    }
    List<SavedTensor> all = new ArrayList<>();
    int n = save.inputs().size() - 3;
    for (int i = 0; i < n; i++) {
      SavedTensor t = tensor(save, i, n, variable(save.input(3 + i)));
      if (t == null) {
        return null;
      }
      all.add(t);
    }
    return all;
  }

  /** The variable of whose value {@code x} is a reading, or {@code x} itself. */
  private static Output variable(Output x) {
    boolean read = READS.contains(x.op().type()) && x.op().controlInputs().isEmpty();
    return read ? x.op().input(0) : x;
  }

  /** Tensor {@code i} of the {@code n} of a node that saves or restores, if it is a variable's. */
  private static SavedTensor tensor(Operation node, int i, int n, Output handle) {
    TensorValue names = node.input(1).constantValue();
    TensorValue slices = node.input(2).constantValue();
    if (names == null || slices == null || names.size() != n || slices.size() != n) {
      return null;
    }
    try {
      SavedTensor whole = SavedTensor.of(names.getString(i), handle);
      String slice = slices.getString(i);
      return slice.isEmpty()
          ? whole
          : new SavedTensor(whole.name(), handle, slice(whole.name(), slice));
    } catch (MillraceException e) {
      return null; // no variable, or no slice: for the nodes to tell
    }
  }

  /** Of {@code "4 5 0,2:-"}: the sizes of the whole, and the part. */
  private static VariableSlice slice(String name, String text) {
    int space = text.lastIndexOf(' ');
    String[] sizes = text.substring(0, Math.max(space, 0)).split(" ", -1);
    long[] dims = new long[sizes.length];
    try {
      for (int i = 0; i < dims.length; i++) {
        dims[i] = Long.parseLong(sizes[i]);
      }
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException("no shape and slice: " + text, e);
    }
    Shape full = Shape.of(dims);
    TensorSlice part = TensorSlice.parse(text.substring(space + 1));
    Shape shape = part.shapeIn(full);
    List<Long> offset = new ArrayList<>();
    for (int i = 0; i < dims.length; i++) {
      offset.add(part.start(i));
    }
    return new VariableSlice(name, full, offset, shape);
  }
}
