package dev.millrace.session.kernel;

/**
 * A kernel on off-heap memory: an alternative to the reference kernel of the same op type, for the
 * dtypes and shapes that it supports.
 */
public interface FastKernel {
  /** Whether this can compute such a node. Cheap; asked once a specialisation. */
  boolean supports(NodeSpec node);

  /**
   * Whether output {@code output} may be given the memory of input {@code input} when that dies
   * here: both have as many bytes. True only if the step reads each element of the input before it
   * writes that place.
   */
  default boolean mayOverwrite(NodeSpec node, int input, int output) {
    return false;
  }

  /**
   * A step for a node that {@link #supports} accepted. All work that does not depend on the values
   * is done here.
   */
  Step bind(BindContext node);
}
