package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import java.util.List;
import java.util.Set;

/** Kernels that load blocks, run one instruction, and store the result. */
final class ElementwiseKernels {
  /** The op types of one operand; which dtypes they take is in the tables of instructions. */
  static final List<String> UNARY =
      List.of(
          "Neg",
          "Abs",
          "Sign",
          "Square",
          "Sqrt",
          "Rsqrt",
          "Reciprocal",
          "Inv",
          "Exp",
          "Log",
          "Log1p",
          "Expm1",
          "Tanh",
          "Sigmoid",
          "Sin",
          "Cos",
          "Relu",
          "Relu6",
          "Elu",
          "Selu",
          "Softplus",
          "Softsign",
          "LeakyRelu",
          "Floor",
          "Ceil",
          "Rint",
          "Round",
          "LogicalNot",
          "IsNan",
          "IsInf",
          "IsFinite",
          "Erf");

  /** The op types of two operands. */
  static final List<String> BINARY =
      List.of(
          "Add",
          "AddV2",
          "Sub",
          "Mul",
          "Div",
          "RealDiv",
          "SquaredDifference",
          "Maximum",
          "Minimum",
          "Pow",
          "FloorDiv",
          "FloorMod",
          "Mod",
          "TruncateDiv",
          "TruncateMod",
          "DivNoNan",
          "MulNoNan",
          "Less",
          "LessEqual",
          "Greater",
          "GreaterEqual",
          "Equal",
          "NotEqual",
          "LogicalAnd",
          "LogicalOr",
          "ReluGrad",
          "TanhGrad",
          "SigmoidGrad",
          "Relu6Grad",
          "EluGrad",
          "SeluGrad",
          "SoftplusGrad",
          "SqrtGrad",
          "RsqrtGrad",
          "ReciprocalGrad",
          "InvGrad",
          "SoftsignGrad",
          "LeakyReluGrad");

  /** Those that refuse some integers. */
  private static final Set<String> MAY_FAIL =
      Set.of("Div", "RealDiv", "FloorDiv", "FloorMod", "Mod", "TruncateDiv", "TruncateMod", "Pow");

  private ElementwiseKernels() {}

  static void register(FastKernels to) {
    UNARY.forEach(op -> to.add(op, new UnaryKernel()));
    BINARY.forEach(op -> to.add(op, new BinaryKernel()));
  }

  /** The instruction of a node of one operand, or null where there is none for its dtype. */
  static Unary unary(NodeSpec node) {
    DataType t = node.inputType(0);
    if (node.opType().equals("LeakyRelu")) {
      return LeakyRelu.forward(t, node.attrs().getFloat("alpha"));
    }
    return switch (t) {
      case FLOAT32 -> F32Instructions.unary(node.opType());
      case FLOAT64 -> F64Instructions.unary(node.opType());
      case INT32 -> I32Instructions.unary(node.opType());
      case INT64 -> I64Instructions.unary(node.opType());
      case BOOL -> BoolInstructions.unary(node.opType());
      default -> null;
    };
  }

  /** The instruction of a node of two operands, or null where there is none for its dtype. */
  static Binary binary(NodeSpec node) {
    return node.opType().equals("LeakyReluGrad")
        ? LeakyRelu.derivative(node.inputType(0), node.attrs().getFloat("alpha"))
        : binary(node.opType(), node.inputType(0));
  }

  /** The instruction of an op type without attributes. */
  static Binary binary(String op, DataType t) {
    return switch (t) {
      case FLOAT32 -> F32Instructions.binary(op);
      case FLOAT64 -> F64Instructions.binary(op);
      case INT32 -> I32Instructions.binary(op);
      case INT64 -> I64Instructions.binary(op);
      case BOOL -> BoolInstructions.binary(op);
      default -> null;
    };
  }

  /**
   * Whether {@code input} has the output's shape and element size, so that a step that goes through
   * it in order may write over it.
   */
  static boolean alike(NodeSpec node, int input) {
    return node.inputShape(input).equals(node.outputShape(0))
        && node.inputType(input).size() == node.outputType(0).size();
  }

  private static final class UnaryKernel implements InstructionKernel {
    @Override
    public Instruction instruction(NodeSpec node) {
      return Instruction.of(unary(node));
    }

    @Override
    public boolean supports(NodeSpec node) {
      return unary(node) != null;
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return alike(node, input);
    }

    @Override
    public Step bind(BindContext node) {
      return new UnaryStep(node, unary(node));
    }
  }

  private static final class UnaryStep extends RangeStep {
    private final Unary op;
    private final Region x;
    private final Region z;
    private final Scratch scratch;

    UnaryStep(BindContext node, Unary op) {
      super(node.pool(), (int) node.outputShape(0).numElements(), Scratch.BLOCK, op.ns + 0.1);
      this.op = op;
      this.x = node.input(0);
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object a = op.in.block(scratch, worker, 0, Scratch.BLOCK);
      Object b = op.out.block(scratch, worker, 1, Scratch.BLOCK);
      BlockTemps t = scratch.temps(worker);
      for (int at = from; at < to; at += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, to - at);
        op.in.get(x, at, a, 0, n);
        op.run(a, b, n, t);
        op.out.put(z, at, b, 0, n);
      }
    }
  }

  private static final class BinaryKernel implements InstructionKernel {
    @Override
    public Instruction instruction(NodeSpec node) {
      return Instruction.of(binary(node));
    }

    @Override
    public boolean isFusible(NodeSpec node) {
      return !node.inputType(0).isInteger() || !MAY_FAIL.contains(node.opType());
    }

    @Override
    public boolean supports(NodeSpec node) {
      Shape x = node.inputShape(0);
      Shape y = node.inputShape(1);
      return binary(node) != null
          && Broadcast.fits(x, node.outputShape(0))
          && Broadcast.fits(y, node.outputShape(0));
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return alike(node, input);
    }

    @Override
    public Step bind(BindContext node) {
      return new BinaryStep(node, binary(node), node.inputShape(0), node.inputShape(1));
    }
  }
}
