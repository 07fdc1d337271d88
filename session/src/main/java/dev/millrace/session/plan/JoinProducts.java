package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FastKernels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes one product of a sum of products: {@code A1 B1 + A2 B2} is {@code [A1 A2] [B1; B2]}. So the
 * gradient of a weight that an unrolled network uses in every step is computed in one go, and the
 * summands never lie in memory.
 */
final class JoinProducts {
  private final List<SpecNode> nodes;
  private final Producers producers;
  private final List<Slot> slots;
  private final List<SpecNode> result = new ArrayList<>();
  private final Set<SpecNode> joined = new HashSet<>();

  private JoinProducts(List<SpecNode> nodes, Producers producers, List<Slot> slots) {
    this.nodes = nodes;
    this.producers = producers;
    this.slots = slots;
  }

  /**
   * The nodes, in their order, with one product for those that are only summed.
   *
   * @param slots all slots; new ones are added
   * @param staysTheSame whether an input of the segment keeps its value while the segment runs
   */
  static List<SpecNode> join(
      List<SpecNode> nodes, List<Slot> outputs, List<Slot> slots, Predicate<Slot> staysTheSame) {
    JoinProducts j = new JoinProducts(nodes, new Producers(nodes, outputs, staysTheSame), slots);
    for (int i = 0; i < nodes.size(); i++) {
      j.add(nodes.get(i), i);
    }
    j.result.removeAll(j.joined);
    return j.result;
  }

  private void add(SpecNode n, int position) {
    if (n.action() != SpecNode.Action.FAST || !n.opType().equals("AddN")) {
      result.add(n);
      return;
    }
    List<Slot> summands = new ArrayList<>(List.of(n.inputs()));
    for (List<SpecNode> products : products(n, position)) {
      if (isWorthJoining(products)) {
        products.forEach(p -> summands.remove(p.outputs()[0]));
        boolean all = summands.isEmpty();
        Slot sum = all ? n.outputs()[0] : newSlot(n.outputs()[0], n.outputShape(0));
        addProduct(products, sum);
        joined.addAll(products);
        if (all) {
          return;
        }
        summands.add(sum);
      }
    }
    if (summands.size() == n.inputs().length) {
      result.add(n);
      return;
    }
    SpecNode rest = new SpecNode(n.node(), summands.toArray(new Slot[0]), n.outputs());
    rest.setKernel(FastKernels.find(rest));
    result.add(rest);
  }

  /** The summands that are products and may be computed late, those of one form together. */
  private Collection<List<SpecNode>> products(SpecNode sum, int position) {
    Map<List<Object>, List<SpecNode>> byForm = new LinkedHashMap<>();
    for (Slot s : sum.inputs()) {
      int p = producers.movable(s, position);
      if (p >= 0 && nodes.get(p).opType().equals("MatMul")) {
        SpecNode n = nodes.get(p);
        byForm
            .computeIfAbsent(
                List.of(isTransposed(n, 0), isTransposed(n, 1)), f -> new ArrayList<>())
            .add(n);
      }
    }
    return byForm.values();
  }

  private static boolean isTransposed(SpecNode product, int operand) {
    return product.attrs().getBool(operand == 0 ? "transpose_a" : "transpose_b");
  }

  /** The axis of an operand along which a product sums. */
  private static int summedAxis(SpecNode product, int operand) {
    return isTransposed(product, operand) == (operand == 0) ? 0 : 1;
  }

  /** Whether copying the operands moves less than writing, and reading, each product does. */
  private static boolean isWorthJoining(List<SpecNode> products) {
    long copied = 0;
    long saved = 0;
    for (SpecNode p : products) {
      copied += p.inputShape(0).numElements() + p.inputShape(1).numElements();
      saved += 2 * p.outputShape(0).numElements();
    }
    return products.size() > 1 && copied > 0 && copied <= saved;
  }

  private void addProduct(List<SpecNode> products, Slot sum) {
    SpecNode one = products.get(0);
    Slot[] operands = {sideBySide(products, 0), sideBySide(products, 1)};
    SpecNode product = new SpecNode(one.node(), operands, new Slot[] {sum});
    product.setKernel(FastKernels.find(product));
    result.add(product);
  }

  private Slot sideBySide(List<SpecNode> products, int operand) {
    int axis = summedAxis(products.get(0), operand);
    Slot[] in = new Slot[products.size() + 1];
    long size = 0;
    for (int i = 0; i < products.size(); i++) {
      in[i] = products.get(i).inputs()[operand];
      size += in[i].shape().dim(axis);
    }
    in[products.size()] = newConstant(TensorValue.of(axis));
    Shape s = in[0].shape();
    Slot all = newSlot(in[0], axis == 0 ? Shape.of(size, s.dim(1)) : Shape.of(s.dim(0), size));
    List<PlanNode> members = products.stream().map(SpecNode::node).toList();
    SpecNode join = SpecNode.fused(members, in, new Slot[] {all}, null);
    join.setKernel(FastKernels.findAs("ConcatV2", join));
    result.add(join);
    return all;
  }

  private Slot newSlot(Slot like, Shape shape) {
    Slot s = Slot.of(slots.size(), Slot.Kind.ARENA, like.dtype(), shape);
    slots.add(s);
    return s;
  }

  private Slot newConstant(TensorValue v) {
    Slot s = Slot.constant(slots.size(), v);
    slots.add(s);
    return s;
  }
}
