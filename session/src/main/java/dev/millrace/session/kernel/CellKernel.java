package dev.millrace.session.kernel;

/**
 * A kernel for nodes some of whose inputs or outputs are no dense tensors, or have a shape that is
 * known only when they have run: on tensor arrays, lists and stacks.
 */
public interface CellKernel {
  /**
   * An attribute that plans give to pushes on lists and stacks: nothing looks at the element's
   * numbers, so that it need not be copied.
   */
  String SHAPE_ONLY = "_shape_only";

  /**
   * Whether this can compute such a node. The shapes of outputs that are not known yet are null.
   */
  boolean supports(NodeSpec node);

  /** A step for a node that {@link #supports} accepted. */
  Step bind(CellContext node);
}
