package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FastKernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Transposes a matrix that many products take transposed once, ahead of them, as the weights of an
 * unrolled network in its gradients: for each product the library would bring it into another order
 * anew, which with few rows takes up to half of the time.
 */
final class TransposeOnce {
  /** With fewer rows the library takes a matrix as it lies. */
  static final int FEW_ROWS = 16;

  /** Rows that take as long as transposing does. */
  private static final long ROWS = 256;

  private static final int PRODUCTS = 4;

  private TransposeOnce() {}

  /**
   * The nodes, in their order, with products of matrices that were transposed before.
   *
   * @param slots all slots; new ones are added
   */
  static List<SpecNode> apply(List<SpecNode> nodes, List<Slot> slots) {
    Map<Slot, List<SpecNode>> byMatrix = new LinkedHashMap<>();
    for (SpecNode n : nodes) {
      if (takesTransposed(n)) {
        byMatrix.computeIfAbsent(n.inputs()[1], s -> new ArrayList<>()).add(n);
      }
    }
    byMatrix.values().removeIf(products -> !isWorthIt(products));
    if (byMatrix.isEmpty()) {
      return nodes;
    }
    Map<Slot, Slot> transposed = new HashMap<>();
    List<SpecNode> result = new ArrayList<>();
    for (SpecNode n : nodes) {
      boolean of = takesTransposed(n) && byMatrix.containsKey(n.inputs()[1]);
      if (!of) {
        result.add(n);
        continue;
      }
      Slot plain =
          transposed.computeIfAbsent(n.inputs()[1], m -> addTransposed(n, m, slots, result));
      result.add(product(n, plain));
    }
    return result;
  }

  private static boolean takesTransposed(SpecNode n) {
    return n.action() == SpecNode.Action.FAST
        && n.opType().equals("MatMul")
        && n.attrs().getBool("transpose_b")
        && n.outputType(0) == DataType.FLOAT32;
  }

  private static boolean isWorthIt(List<SpecNode> products) {
    long rows = 0;
    for (SpecNode p : products) {
      long m = p.outputShape(0).dim(0);
      rows += m < FEW_ROWS ? 0 : m;
    }
    return products.size() >= PRODUCTS && rows >= ROWS;
  }

  private static Slot addTransposed(
      SpecNode first, Slot matrix, List<Slot> slots, List<SpecNode> to) {
    Slot order = Slot.constant(slots.size(), TensorValue.of(new int[] {1, 0}));
    slots.add(order);
    Shape s = Shape.of(matrix.shape().dim(1), matrix.shape().dim(0));
    Slot plain = Slot.of(slots.size(), Slot.Kind.ARENA, matrix.dtype(), s);
    slots.add(plain);
    Attrs attrs =
        Attrs.of(Map.of("T", AttrValue.of(matrix.dtype()), "Tperm", AttrValue.of(DataType.INT32)));
    SpecNode n =
        new SpecNode(first.node(), new Slot[] {matrix, order}, new Slot[] {plain})
            .as("Transpose", attrs);
    n.setKernel(FastKernels.find(n));
    to.add(n);
    return plain;
  }

  private static SpecNode product(SpecNode n, Slot plain) {
    SpecNode p =
        new SpecNode(n.node(), new Slot[] {n.inputs()[0], plain}, n.outputs())
            .as(n.opType(), n.attrs().with("transpose_b", AttrValue.of(false)));
    p.setKernel(FastKernels.find(p));
    return p;
  }
}
