package dev.millrace.session.plan;

import dev.millrace.graph.Graph;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Operation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The op types on variables by reference. Most of them have a twin on resource variables, as which
 * they are executed.
 */
public final class ReferenceTypes {
  private static final Set<String> VARIABLES =
      Set.of("VariableV2", "Variable", "TemporaryVariable");

  /** Ops whose output is the reference that they are given. */
  private static final Set<String> PASSING =
      Set.of("RefIdentity", "RefSwitch", "RefMerge", "RefEnter", "RefExit", "RefNextIteration");

  private static final Map<String, String> TWINS = twins();

  private ReferenceTypes() {}

  private static Map<String, String> twins() {
    Map<String, String> m = new HashMap<>();
    m.put("Assign", "AssignVariableOp");
    m.put("AssignAdd", "AssignAddVariableOp");
    m.put("AssignSub", "AssignSubVariableOp");
    m.put("IsVariableInitialized", "VarIsInitializedOp");
    m.put("DestroyTemporaryVariable", "DestroyTemporaryVariable");
    for (OpDef d : OpRegistry.global().all()) {
      String type = d.name();
      boolean changes =
          type.startsWith("Apply")
              || type.startsWith("SparseApply")
              || type.startsWith("Scatter")
              || type.equals("StridedSliceAssign")
              || type.equals("CountUpTo");
      if (changes && OpRegistry.global().find("Resource" + type) != null) {
        m.put(type, "Resource" + type);
      }
    }
    return Map.copyOf(m);
  }

  /** Whether a node of that type is a variable by reference. */
  static boolean isVariable(String type) {
    return VARIABLES.contains(type);
  }

  /**
   * The type as which one is executed that reads or changes a variable by reference; null for
   * others.
   */
  static String twin(String type) {
    return TWINS.get(type);
  }

  /** Whether an output of that type is the reference in the first input. */
  static boolean givesOn(String type) {
    return PASSING.contains(type) || TWINS.containsKey(type);
  }

  /** Whether nodes of that type are executed as nodes of other types. */
  public static boolean isLowered(String type) {
    return !type.equals("TemporaryVariable")
        && (VARIABLES.contains(type)
            || type.equals("RefIdentity")
            || (TWINS.containsKey(type) && !TWINS.get(type).equals(type)));
  }

  /** The variable to which a reference refers that {@code op} is or gives on. */
  static Operation variable(Operation op) {
    Operation at = op;
    while (givesOn(at.type())) {
      Operation from = at.inputs().get(0).op();
      // A loop's merge may list first what comes back.
      boolean back = at.type().equals("RefMerge") && from.type().equals("RefNextIteration");
      at = back ? at.inputs().get(1).op() : from;
    }
    return at;
  }

  /** The variables that some assignment in the graph may give another shape than they have. */
  static Set<Operation> resized(Graph graph) {
    Set<Operation> found = new HashSet<>();
    for (Operation op : graph.operations()) {
      if (op.type().equals("Assign") && !op.attrs().getBool("validate_shape")) {
        found.add(variable(op));
      }
    }
    return found;
  }
}
