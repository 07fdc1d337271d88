package dev.millrace.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How operations call functions: which of their inputs are the arguments, and what is known of
 * them.
 */
public final class FunctionCall {
  private FunctionCall() {}

  /** Whether {@code op} is an If, a Case, a loop or a call. */
  public static boolean isCall(Operation op) {
    return firstArgument(op) >= 0;
  }

  /** Whether {@code op} runs its functions again and again. */
  public static boolean isLoop(Operation op) {
    return op.type().equals("While") || op.type().equals("StatelessWhile");
  }

  /**
   * The number of the first input of {@code op} that is an argument of its functions; -1 if it
   * calls none.
   */
  public static int firstArgument(Operation op) {
    return switch (op.type()) {
      case "If", "StatelessIf", "Case" -> 1;
      case "While", "StatelessWhile", "PartitionedCall", "StatefulPartitionedCall" -> 0;
      default -> op.graph().functions().opDef(op.type()) != null ? 0 : -1;
    };
  }

  /** The attributes of {@code op} that name the functions it calls, in the order of definition. */
  static List<String> attrs(Operation op) {
    return op.def().attrs().values().stream()
        .filter(a -> a.kind() == OpDef.AttrKind.FUNC)
        .map(OpDef.AttrDef::name)
        .toList();
  }

  /**
   * The functions that {@code op} calls: then and else branch; a Case's branches; a While's
   * condition and body; the function of a call.
   *
   * @throws NotFoundException if the graph has no such function
   * @throws InvalidArgumentException if {@code op} calls none, or a function is damaged
   */
  public static List<FunctionBody> bodies(Operation op) {
    List<FunctionBody> r = new ArrayList<>();
    for (String attr : attrsInOrder(op)) {
      AttrValue v = op.attrs().get(attr);
      List<AttrValue> items = v instanceof AttrValue.ListAttr l ? l.items() : List.of(v);
      items.forEach(f -> r.add(body(op, (AttrValue.Func) f)));
    }
    if (r.isEmpty() && op.graph().functions().opDef(op.type()) != null) {
      r.add(body(op, new AttrValue.Func(op.type(), op.attrs().asMap())));
    }
    if (r.isEmpty()) {
      throw (InvalidArgumentException)
          new InvalidArgumentException("the operation calls no function").at(op);
    }
    return r;
  }

  static List<String> attrsInOrder(Operation op) {
    return switch (op.type()) {
      case "If", "StatelessIf" -> List.of("then_branch", "else_branch");
      case "While", "StatelessWhile" -> List.of("cond", "body");
      default -> attrs(op);
    };
  }

  static FunctionBody body(Operation op, AttrValue.Func f) {
    int first = firstArgument(op);
    int n = first < 0 ? 0 : op.inputs().size() - first;
    List<Shape> shapes = new ArrayList<>(Collections.nCopies(n, Shape.unknown()));
    List<HandleData> handles = new ArrayList<>(Collections.nCopies(n, null));
    List<Shape> loopShapes =
        isLoop(op) && op.attrs().has("output_shapes")
            ? op.attrs().getShapes("output_shapes")
            : List.of();
    for (int i = 0; i < n; i++) {
      Output x = op.input(first + i);
      if (x == null) {
        continue;
      }
      boolean resource = x.dtype() == DataType.RESOURCE;
      if (!isLoop(op)) {
        shapes.set(i, x.shape());
      } else if (i < loopShapes.size()) {
        shapes.set(i, loopShapes.get(i));
      } else if (resource) {
        shapes.set(i, x.shape());
      }
      // A loop may bring back a list with other elements, but always the same variable.
      handles.set(i, isLoop(op) && !resource ? null : x.handleData());
    }
    try {
      return op.graph().functions().body(f, shapes, handles);
    } catch (MillraceException e) {
      throw e.at(op);
    }
  }
}
