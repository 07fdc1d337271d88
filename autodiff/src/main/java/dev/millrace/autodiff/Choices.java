package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Gradients through {@code Switch} and {@code Merge}: where values part, their gradients meet, and
 * where they meet, these part, by the same predicate.
 */
final class Choices {
  private final Place place;
  private final Ops tf;
  private final Frames frames;

  Choices(Place place) {
    this.place = place;
    this.tf = place.tf();
    this.frames = place.frames();
  }

  static List<Gradient> ofSwitch(GradientContext c) {
    return c.sweep().choices(c.op()).switched(c);
  }

  static List<Gradient> ofMerge(GradientContext c) {
    return c.sweep().choices(c.op()).merged(c);
  }

  private List<Gradient> switched(GradientContext c) {
    Operation op = c.op();
    if (Frames.isLoopSwitch(op)) {
      // What leaves the loop is seen to where the loop is.
      return Rules.first(c, c.gradient(1));
    }
    Output data = op.input(0);
    Gradient result = Gradient.disconnected();
    if (c.hasGrad(0) && c.hasGrad(1)) {
      Guard yes = place.here(Guard.of(op.input(1), 1));
      result =
          Gradient.of(
              merge(
                  guarded(c.gradient(0).dense(), yes.opposite()),
                  guarded(c.gradient(1).dense(), yes)));
    } else {
      int side = c.hasGrad(1) ? 1 : 0;
      result = completed(c.gradient(side), Set.of(Guard.of(op.input(1), side)), data);
    }
    return Rules.first(c, result);
  }

  private List<Gradient> merged(GradientContext c) {
    Guard first = frames.chosenBy(c.op());
    List<Gradient> result = new ArrayList<>();
    if (first == null) {
      for (int i = 0; i < c.inputCount(); i++) {
        result.add(
            Gradient.undefined("it does not merge the two sides of a choice by one predicate"));
      }
      return result;
    }
    Guard here = place.here(first);
    Tensor g = c.grad();
    Operation parted = part(g.asOutput(), here);
    result.add(Gradient.of(tf.tensor(parted.output(here.side()))));
    result.add(Gradient.of(tf.tensor(parted.output(1 - here.side()))));
    return result;
  }

  private Operation part(Output x, Guard by) {
    return tf.op("Switch", null).input(x).input(by.predicate()).build();
  }

  private Tensor merge(Tensor no, Tensor yes) {
    return tf.tensor(
        tf.op("Merge", null).inputList(List.of(no, yes)).attr("N", 2).build().output(0));
  }

  /** {@code x} with a value only where the guard, of this place, holds. */
  private Tensor guarded(Tensor x, Guard g) {
    return frames.guards(x.asOutput()).contains(g)
        ? x
        : tf.tensor(part(x.asOutput(), g).output(g.side()));
  }

  /**
   * A gradient that is there on one side of choices only, with zeros on the other.
   *
   * @param by the choices, of the forward pass
   * @param x what the gradient is of, which does not depend on them
   */
  Gradient completed(Gradient gradient, Set<Guard> by, Output x) {
    if (by.isEmpty() || !gradient.isConnected()) {
      return gradient;
    }
    Tensor g = gradient.dense();
    List<Guard> innerFirst = new ArrayList<>(outerFirst(by));
    Collections.reverse(innerFirst);
    for (Guard forward : innerFirst) {
      Guard here = place.here(forward);
      Tensor other = zeros(x, here.opposite());
      g = guarded(g, here);
      g = here.side() == 1 ? merge(other, g) : merge(g, other);
    }
    return Gradient.of(g);
  }

  /** Guards, each behind those that decide about its predicate. */
  private List<Guard> outerFirst(Set<Guard> by) {
    List<Guard> sorted = new ArrayList<>(by);
    sorted.sort(
        Comparator.comparingInt((Guard g) -> frames.guards(g.predicate()).size())
            .thenComparingInt(g -> g.decider().id()));
    return sorted;
  }

  /** {@code x} with a value only where the forward pass had the values guarded so. */
  Output behind(Set<Guard> by, Output x) {
    Output r = x;
    for (Guard g : outerFirst(by)) {
      Guard here = place.here(g);
      r = part(r, here).output(here.side());
    }
    return r;
  }

  /** Zeros of the shape of {@code x}, on one side of a choice. */
  private Tensor zeros(Output x, Guard side) {
    HandleData h = x.dtype() == DataType.RESOURCE ? x.handleData() : null;
    Shape s = h != null ? h.shape() : x.shape();
    DataType dtype = h != null ? h.dtype() : x.dtype();
    if (s.isFullyDefined()) {
      return guarded(tf.zeros(dtype, s), side);
    }
    Tensor sizes = sizes(tf, x);
    return tf.zeros(dtype, guarded(sizes, side)).setShape(s);
  }

  /** The sizes of {@code x}, or of the variable that it is a handle of. */
  static Tensor sizes(Ops tf, Output x) {
    return x.dtype() == DataType.RESOURCE
        ? Build.op(tf, "VariableShape", tf.tensor(x))
        : Shapes.of(tf.tensor(x));
  }

  /** Zeros of the shape of {@code x}, or of the variable that it is a handle of. */
  static Tensor zeros(Ops tf, Output x) {
    HandleData h = x.dtype() == DataType.RESOURCE ? x.handleData() : null;
    DataType dtype = h != null ? h.dtype() : x.dtype();
    Shape s = h != null ? h.shape() : x.shape();
    if (dtype == DataType.RESOURCE) {
      throw new InternalException("nothing is known of the variable of '" + x.name() + "'");
    }
    return s.isFullyDefined() ? tf.zeros(dtype, s) : tf.zeros(dtype, sizes(tf, x)).setShape(s);
  }
}
