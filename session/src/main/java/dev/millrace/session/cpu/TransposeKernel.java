package dev.millrace.session.cpu;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** Transpose by a constant permutation. */
final class TransposeKernel implements FastKernel {
  static void register(FastKernels to) {
    to.add("Transpose", new TransposeKernel());
  }

  @Override
  public boolean supports(NodeSpec node) {
    return node.inputType(0).isDense() && permutation(node) != null;
  }

  /** The constant permutation, or null if it is none. */
  private static int[] permutation(NodeSpec node) {
    TensorValue v = node.constant(1);
    int rank = node.inputShape(0).rank();
    if (v == null || v.size() != rank) {
      return null;
    }
    int[] p = v.toInts();
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      p[i] = p[i] < 0 ? p[i] + rank : p[i];
      if (p[i] < 0 || p[i] >= rank || seen[p[i]]) {
        return null;
      }
      seen[p[i]] = true;
    }
    return p;
  }

  @Override
  public Step bind(BindContext node) {
    int[] p = permutation(node);
    long[] dims = node.outputShape(0).dims();
    long[] own = StridedCopy.dense(node.inputShape(0).dims());
    long[] from = new long[p.length];
    for (int i = 0; i < p.length; i++) {
      from[i] = own[p[i]];
    }
    StridedCopy copy =
        StridedCopy.of(dims, from, StridedCopy.dense(dims), 0, 0, node.inputType(0).size());
    return CopyStep.of(node, copy, node.input(0), node.output(0));
  }
}
