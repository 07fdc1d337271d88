package dev.millrace.train;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/** The operations that change variables, each of the type that fits the variable's kind. */
final class Updates {
  private Updates() {}

  /**
   * An operation whose first input is {@code v}.
   *
   * @param type of resource variables, as {@code ResourceApplyAdam} or {@code AssignVariableOp};
   *     its counterpart, {@code ApplyAdam} or {@code Assign}, takes variables by reference
   * @param opName null for the type's
   */
  static OpBuilder op(String type, Variable v, String opName) {
    String own =
        v.isReference() ? type.replaceFirst("^Resource", "").replaceFirst("VariableOp$", "") : type;
    return v.ops().op(own, opName).input(v.handle());
  }

  /** Adds rows to those at {@code indices}, one after another. */
  static Operation scatterAdd(Variable v, Tensor indices, Tensor rows) {
    OpBuilder add = op("ResourceScatterAdd", v, null).input(indices).input(rows);
    return v.isReference() ? add.build() : add.attr("dtype", v.dtype()).build();
  }
}
