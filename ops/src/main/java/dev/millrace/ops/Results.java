package dev.millrace.ops;

import dev.millrace.graph.CreationSite;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the functions of branches and loops give back, and what is known of them together. */
final class Results {
  private Results() {}

  /**
   * The tensors of what a user's function has given; operations in it have none.
   *
   * @param what names the function in errors
   */
  static List<Output> tensors(Ops ops, Object structure, String what) {
    if (structure == null) {
      throw GraphApi.error(what + " gives null; let it give a tensor, or an empty list");
    }
    if (Nest.isLeaf(structure)
        && !(structure instanceof Operand)
        && !(structure instanceof Operation)) {
      throw GraphApi.error(
          what
              + " must give tensors, but gives "
              + structure
              + " of class "
              + structure.getClass().getSimpleName()
              + "; take tf.constant(…) for a value");
    }
    List<Output> r = new ArrayList<>();
    for (Object leaf : Nest.flatten(structure)) {
      if (!(leaf instanceof Operation)) {
        r.add(ops.convert(leaf, null, "Const"));
      }
    }
    return r;
  }

  /** The structure with tensors in the places of its tensors, and {@code op} for operations. */
  static Object pack(Ops ops, Object structure, List<Output> tensors, Operation op) {
    List<Object> leaves = new ArrayList<>();
    int at = 0;
    for (Object leaf : Nest.flatten(structure)) {
      leaves.add(leaf instanceof Operation ? op : ops.tensor(tensors.get(at++)));
    }
    return Nest.pack(structure, leaves);
  }

  /** All that functions capture, each tensor once. */
  static List<Output> captured(Collection<FunctionBody> bodies) {
    Set<Output> r = new LinkedHashSet<>();
    bodies.forEach(b -> b.captures().forEach(c -> r.add(c.outer())));
    return List.copyOf(r);
  }

  /** What is known behind either of two handles or lists. */
  static HandleData common(HandleData a, HandleData b) {
    return a == null || b == null || a.dtype() != b.dtype()
        ? null
        : new HandleData(a.dtype(), a.shape().relax(b.shape()));
  }

  /** Whether everything of shape {@code more} is of shape {@code less}. */
  static boolean covers(Shape less, Shape more) {
    return less.isCompatibleWith(more) && less.merge(more).equals(more);
  }

  /** A tensor in an error: its name, dtype, shape, and the line that made it. */
  static String describe(Output x) {
    CreationSite site = x.op().creationSite();
    return "'"
        + x.name()
        + "' "
        + x.dtype()
        + x.shape()
        + (site.isKnown() ? ", made at " + site : "");
  }
}
