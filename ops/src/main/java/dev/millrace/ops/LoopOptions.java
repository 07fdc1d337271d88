package dev.millrace.ops;

import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;

/**
 * What can be said about a loop beside its parts. Immutable; each method gives other options.
 *
 * <pre>{@code
 * tf.whileLoop(cond, body, x, new LoopOptions().maximumIterations(100).shapeInvariants(Shape.of(-1, 3)));
 * }</pre>
 */
public final class LoopOptions {
  private static final int PARALLEL_ITERATIONS = 10;

  private final String name;
  private final Object maximumIterations;
  private final Object shapeInvariants;
  private final int parallelIterations;
  private final boolean backProp;
  private final boolean swapMemory;

  /** No limit, no invariants, 10 parallel iterations, with gradients. */
  public LoopOptions() {
    this(null, null, null, PARALLEL_ITERATIONS, true, false);
  }

  private LoopOptions(
      String name,
      Object maximumIterations,
      Object shapeInvariants,
      int parallelIterations,
      boolean backProp,
      boolean swapMemory) {
    this.name = name;
    this.maximumIterations = maximumIterations;
    this.shapeInvariants = shapeInvariants;
    this.parallelIterations = parallelIterations;
    this.backProp = backProp;
    this.swapMemory = swapMemory;
  }

  /** The name scope; by default the function's name, as {@code while}. */
  public LoopOptions name(String name) {
    return new LoopOptions(
        name, maximumIterations, shapeInvariants, parallelIterations, backProp, swapMemory);
  }

  /** The loop ends after so many steps even if its condition holds. */
  public LoopOptions maximumIterations(long n) {
    return new LoopOptions(name, n, shapeInvariants, parallelIterations, backProp, swapMemory);
  }

  /** As {@link #maximumIterations(long)}: an integer scalar. */
  public LoopOptions maximumIterations(Operand n) {
    return new LoopOptions(name, n, shapeInvariants, parallelIterations, backProp, swapMemory);
  }

  /**
   * What the shapes of the variables have in common over all steps, where that is not the shape
   * they begin with.
   *
   * @param shapes a {@link Shape}; or a structure like that of the variables, of shapes, which may
   *     be a list for a record
   */
  public LoopOptions shapeInvariants(Object shapes) {
    return new LoopOptions(
        name, maximumIterations, shapes, parallelIterations, backProp, swapMemory);
  }

  /** How many steps TensorFlow may run at the same time; at least 1. */
  public LoopOptions parallelIterations(int n) {
    if (n < 1) {
      throw GraphApi.error("parallelIterations must be 1 at least, not " + n);
    }
    return new LoopOptions(name, maximumIterations, shapeInvariants, n, backProp, swapMemory);
  }

  /** Whether gradients go through the loop; if not, its results are like constants to them. */
  public LoopOptions backProp(boolean on) {
    return new LoopOptions(
        name, maximumIterations, shapeInvariants, parallelIterations, on, swapMemory);
  }

  /** Accepted and of no effect, as in TensorFlow without a GPU. */
  public LoopOptions swapMemory(boolean on) {
    return new LoopOptions(
        name, maximumIterations, shapeInvariants, parallelIterations, backProp, on);
  }

  String nameOr(String other) {
    return name == null ? other : name;
  }

  Object maximumIterations() {
    return maximumIterations;
  }

  Object shapeInvariants() {
    return shapeInvariants;
  }

  int parallelIterations() {
    return parallelIterations;
  }

  boolean backProp() {
    return backProp;
  }

  /** Whether memory may be swapped. */
  public boolean swapMemory() {
    return swapMemory;
  }
}
