package dev.millrace.graph;

/** Whatever stands for one output of an operation, so that it can be an input of another. */
public interface Operand {
  /** The output that this stands for. */
  Output asOutput();
}
