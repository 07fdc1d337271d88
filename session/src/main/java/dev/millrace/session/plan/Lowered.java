package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * The operation that a node is executed as, where that is another than in the user's graph.
 *
 * @param shapes what is known of each output's shape
 * @param handle what is known of the variable behind the outputs, where they are handles; else null
 * @param hasEffect whether running it changes something
 */
record Lowered(
    String type,
    OpDef def,
    Attrs attrs,
    List<DataType> outputTypes,
    List<Shape> shapes,
    HandleData handle,
    boolean hasEffect) {

  /** An operation that gives one handle of a variable, with attributes as {@code VarHandleOp}. */
  static Lowered handle(String type, Attrs attrs, HandleData variable) {
    return new Lowered(
        type,
        OpRegistry.global().get("VarHandleOp"),
        attrs,
        List.of(DataType.RESOURCE),
        List.of(Shape.scalar()),
        variable,
        false);
  }

  /** An operation that gives values. */
  static Lowered values(
      String type, Attrs attrs, List<DataType> types, List<Shape> shapes, boolean hasEffect) {
    // What gives a temporary variable's last value is a read that ends it.
    String like = type.equals("DestroyTemporaryVariable") ? "ReadVariableOp" : type;
    return new Lowered(type, OpRegistry.global().get(like), attrs, types, shapes, null, hasEffect);
  }
}
