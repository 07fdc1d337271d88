package dev.millrace.autodiff;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.Objects;

/**
 * One side of a choice of TensorFlow 1: what is guarded so has a value only where the predicate is
 * true (side 1), or false (side 0).
 */
final class Guard {
  private final Output key;
  private final Output predicate;
  private final int side;

  private Guard(Output key, Output predicate, int side) {
    this.key = key;
    this.predicate = predicate;
    this.side = side;
  }

  /** Side {@code side} of what switches on {@code predicate}. */
  static Guard of(Output predicate, int side) {
    return new Guard(source(predicate), predicate, side);
  }

  /** Where the value of {@code x} comes from, unchanged. */
  static Output source(Output x) {
    Output s = x;
    while ((s.op().type().equals("Identity") || Frames.isConstantEnter(s.op()))
        && !s.op().input(0).isRef()) {
      s = s.op().input(0);
    }
    return s;
  }

  /** The predicate as a tensor of the frame in which it is switched on. */
  Output predicate() {
    return predicate;
  }

  int side() {
    return side;
  }

  Guard opposite() {
    return new Guard(key, predicate, 1 - side);
  }

  /** What made the predicate. */
  Operation decider() {
    return key.op();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Guard g && g.key.equals(key) && g.side == side;
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, side);
  }

  @Override
  public String toString() {
    return "'" + key.name() + "' is " + (side == 1);
  }
}
